//! What a backend on this machine works with: DNS, a mail server, a database.

use std::path::Path;

use super::super::backup::named;
use super::super::context::Context;
use super::super::exit::Failure;
use super::super::serve::smtp_of;
use super::super::values::holds_password;
use super::backend::PATIENCE;
use super::report::{Finding, State};
use super::{DoctorArgs, finding};
use crate::api::session::Secret;
use crate::domain::number::thousands;
use crate::domain::untrusted::Untrusted;
use crate::server::ServeOptions;
use crate::server::directory::{Dns, Txt};
use crate::server::post::smtp::Mailer;
use crate::server::store::checkup::{self, Checkup};

/// A disk with less room than this is soon full.
const ROOM: u64 = 256 << 20;

/// Looks a TXT record up, uncached, as the proof of a domain does.
pub async fn dns(args: &DoctorArgs) -> Finding {
    const PART: &str = "dns";
    let dns = Dns::new(args.resolvers.clone());
    let name = Untrusted::new(&args.look_up).shown_in(80);
    match dns.txt(&args.look_up).await {
        Txt::Values(values) => {
            let count = values.len();
            finding(PART, "look-up", State::Fine, format!("TXT of {name}: {count} found"))
        }
        Txt::None(_) => {
            finding(PART, "look-up", State::Fine, format!("TXT of {name}: answered, there is none"))
        }
        Txt::Failed(why) => {
            let why = Untrusted::new(why).shown();
            let asked = !args.resolvers.is_empty();
            let state = if asked { State::Wrong } else { State::Look };
            let only = if asked { "" } else { " Only `hublink serve` looks names up." };
            finding(PART, "look-up", state, format!("TXT of {name}: {why}")).remedy(format!(
                "Without DNS no domain can be proved. Name a server that answers: --resolver \
                 9.9.9.9.{only}"
            ))
        }
    }
}

/// Says hello to the mail server.
pub async fn mail(args: &DoctorArgs, cx: &Context) -> Finding {
    const PART: &str = "mail";
    let wrong = |told: String| finding(PART, "hello", State::Wrong, told);
    let url = match smtp(args, cx) {
        Ok(Some(url)) => url,
        Ok(None) => {
            let told = "no mail server is named here; only `hublink serve` needs one";
            return finding(PART, "hello", State::Fine, told);
        }
        Err(error) => return wrong(error.text().trim_start_matches("error: ").trim().to_owned()),
    };
    let smtp_ca = args.smtp_ca.clone();
    let smtp_ca = smtp_ca.or_else(|| cx.environment.get("HUBLINK_SMTP_CA").map(Into::into));
    let insecure = cx.settings.insecure;
    let usual = ServeOptions::loopback("sqlite:none");
    let options = ServeOptions { smtp: Some(url), smtp_ca, insecure, ..usual };
    let mailer = match Mailer::new(&options) {
        Ok(mailer) => mailer,
        Err(error) => return wrong(error.to_string()),
    };
    match mailer.hello(PATIENCE).await {
        Ok(words) => finding(PART, "hello", State::Fine, words.unwrap_or_default()),
        Err(why) => wrong(Untrusted::new(why).shown().to_string()).remedy(
            "Mails wait meanwhile and none is lost. Check the server's name, its port, its \
             certificate and the password.",
        ),
    }
}

fn smtp(args: &DoctorArgs, cx: &Context) -> Result<Option<Secret>, Failure> {
    if args.smtp.as_deref().is_some_and(holds_password) {
        return Err(Failure::usage(
            "--smtp holds a password, and others on this machine can read command lines; set \
             HUBLINK_SMTP, or use --smtp-file with a file of mode 0600",
        ));
    }
    match (&args.smtp, &args.smtp_file) {
        (Some(url), _) => Ok(Some(Secret::new(url))),
        (None, Some(file)) => smtp_of(file).map(Some),
        (None, None) => Ok(cx.environment.secret("HUBLINK_SMTP")),
    }
}

/// Looks the database over, if there is one.
pub async fn database(args: &DoctorArgs, cx: &Context) -> Vec<Finding> {
    const PART: &str = "database";
    let of = named(args.database.as_deref(), cx);
    let file = of.name.strip_prefix("sqlite:").unwrap_or(&of.name);
    let which = format!("{file} ({})", of.by);
    match checkup::look(&of.name).await {
        Ok(Some(checkup)) => looked_over(PART, &checkup, of.by),
        Ok(None) if of.chosen => vec![
            finding(PART, "file", State::Look, format!("there is no {which} yet"))
                .remedy("`hublink serve` makes it."),
        ],
        Ok(None) => {
            let told = format!("none on this machine, no {which}; only `hublink serve` has one");
            vec![finding(PART, "file", State::Fine, told)]
        }
        Err(error) => vec![
            finding(
                PART,
                "file",
                State::Wrong,
                Untrusted::new(format!("{which}: {error}")).shown().as_str(),
            )
            .remedy("Stop the backend, keep a copy of the file, and take the last backup."),
        ],
    }
}

fn looked_over(part: &'static str, checkup: &Checkup, by: &str) -> Vec<Finding> {
    let path = checkup.path.display();
    let served = if checkup.served { "served now" } else { "not served now" };
    let told = format!("{path} ({by}), {}, {served}", size(checkup.bytes));
    let mut found = vec![finding(part, "file", State::Fine, told)];
    found.push(mode(part, checkup.mode, &checkup.path));
    found.push(match checkup.complaints.as_slice() {
        [] => finding(part, "whole", State::Fine, "SQLite finds nothing wrong"),
        complaints => finding(part, "whole", State::Wrong, complaints.join("; "))
            .remedy("Stop the backend, keep a copy of the file, and take the last backup."),
    });
    found.push(tables(part, checkup.version, checkup.ours));
    if let Some(room) = checkup.room {
        let told = format!("{} left on its disk", size(room));
        found.push(if room < ROOM {
            finding(part, "room", State::Wrong, told)
                .remedy("Make room: a full disk stops every change, and nothing is lost by it.")
        } else {
            finding(part, "room", State::Fine, told)
        });
    }
    found
}

fn mode(part: &'static str, mode: u32, path: &Path) -> Finding {
    let told = format!("{mode:04o}");
    if mode.trailing_zeros() >= 6 {
        return finding(part, "mode", State::Fine, told);
    }
    finding(part, "mode", State::Wrong, format!("{told}: others may read it"))
        .remedy(format!("chmod 600 {}", path.display()))
}

fn tables(part: &'static str, version: i64, ours: i64) -> Finding {
    let told = format!("at step {version} of {ours}");
    match version.cmp(&ours) {
        std::cmp::Ordering::Equal => finding(part, "tables", State::Fine, told),
        std::cmp::Ordering::Less => finding(part, "tables", State::Look, told)
            .remedy("The next `hublink serve` brings them up to date; make a backup first."),
        std::cmp::Ordering::Greater => finding(part, "tables", State::Wrong, told)
            .remedy("A later hublink has made them: this one cannot serve them. Install it again."),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..=0x3f_ffff => format!("{} kB", thousands(bytes.div_ceil(1 << 10))),
        _ => format!("{} MB", thousands(bytes >> 20)),
    }
}
