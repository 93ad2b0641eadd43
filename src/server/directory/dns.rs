//! Looking up TXT records in the real DNS, uncached (rule D2).
//!
//! Owns the resolvers and their time-outs. What a record means is `proof`'s. It asks only for TXT,
//! and only the resolvers that the operator names or the system has.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::{Resolver, ResolverBuilder};

use crate::server::store::timed::Timed;

/// How long one try of one resolver may take; there are two, and TCP for what is long.
const TRY: Duration = Duration::from_secs(3);
/// How many values of one name are read.
const VALUES: usize = 50;

/// What a look-up told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Txt {
    /// The values, each of its strings joined.
    Values(Vec<String>),
    /// There is none; resolvers may remember that for so many seconds.
    None(Option<u32>),
    /// It failed, which says nothing.
    Failed(String),
}

/// Asks resolvers, in the order given.
#[derive(Debug, Clone)]
pub struct Dns {
    resolvers: Vec<SocketAddr>,
    patience: Duration,
    /// How look-ups came out, and how long they took.
    pub(super) timed: Timed,
}

impl Dns {
    /// Asks these; none: the system's.
    pub fn new(resolvers: Vec<SocketAddr>) -> Self {
        Self { resolvers, patience: TRY, timed: Timed::default() }
    }

    /// The same, waiting so long for each try.
    #[cfg(test)]
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The TXT values at a full name. The next resolver is asked when one fails.
    pub async fn txt(&self, name: &str) -> Txt {
        let began = Instant::now();
        let found = self.look_up(name).await;
        let outcome = match &found {
            Txt::Values(_) => "found",
            Txt::None(_) => "none",
            Txt::Failed(_) => "failed",
        };
        self.timed.count(outcome, began.elapsed());
        found
    }

    async fn look_up(&self, name: &str) -> Txt {
        let mut full = match Name::from_ascii(name) {
            Ok(full) => full,
            Err(error) => return Txt::Failed(format!("{name} cannot be asked for: {error}")),
        };
        full.set_fqdn(true);
        if self.resolvers.is_empty() {
            return match Resolver::builder_tokio() {
                Ok(builder) => self.ask(builder, &full).await,
                Err(error) => Txt::Failed(format!("the system names no resolver: {error}")),
            };
        }
        let mut failed = Txt::Failed(String::new());
        for address in &self.resolvers {
            let provider = TokioRuntimeProvider::default();
            let builder = Resolver::builder_with_config(one(*address), provider);
            match self.ask(builder, &full).await {
                Txt::Failed(why) => failed = Txt::Failed(format!("{address}: {why}")),
                told => return told,
            }
        }
        failed
    }

    /// A resolver for each look-up: nothing is remembered between two.
    async fn ask(&self, mut builder: ResolverBuilder<TokioRuntimeProvider>, name: &Name) -> Txt {
        uncached(builder.options_mut(), self.patience);
        let resolver = match builder.build() {
            Ok(resolver) => resolver,
            Err(error) => return Txt::Failed(error.to_string()),
        };
        let all = self.patience.saturating_mul(3);
        let looked_up =
            tokio::time::timeout(all, resolver.lookup(name.clone(), RecordType::TXT)).await;
        match looked_up {
            Err(_) => Txt::Failed("the resolver did not answer in time".into()),
            Ok(Err(error)) => told_by(&error),
            Ok(Ok(found)) => {
                let values: Vec<String> = found
                    .answers()
                    .iter()
                    .filter_map(|record| match &record.data {
                        RData::TXT(txt) => Some(txt.txt_data.concat()),
                        _ => None,
                    })
                    .take(VALUES)
                    .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                    .collect();
                if values.is_empty() { Txt::None(None) } else { Txt::Values(values) }
            }
        }
    }
}

fn uncached(options: &mut ResolverOpts, patience: Duration) {
    options.cache_size = 0;
    options.timeout = patience;
    options.attempts = 1;
    options.num_concurrent_reqs = 1;
    options.use_hosts_file = ResolveHosts::Never;
    // Without EDNS a long answer is cut and asked for again over TCP, which every server can do.
    options.edns0 = false;
}

fn one(address: SocketAddr) -> ResolverConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    let server = NameServerConfig::new(address.ip(), true, connections.into());
    ResolverConfig::from_parts(None, Vec::new(), vec![server])
}

fn told_by(error: &NetError) -> Txt {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => Txt::None(none.negative_ttl),
        NetError::Dns(DnsError::ResponseCode(code)) => {
            Txt::Failed(format!("the resolver answered {code}"))
        }
        NetError::Timeout => Txt::Failed("the resolver did not answer in time".into()),
        other => Txt::Failed(other.to_string()),
    }
}

#[cfg(test)]
pub mod server;
#[cfg(test)]
mod tests;
