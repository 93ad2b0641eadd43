//! A service manager (systemd): told when the backend is ready, that it lives, and that it ends.
//!
//! Owns the protocol of `sd_notify`: datagrams to the socket that the environment names. Without one
//! nobody is told.

use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// The manager, if there is one.
pub struct Manager {
    socket: Option<(UnixDatagram, SocketAddr)>,
    watchdog: Option<Duration>,
}

impl Manager {
    /// The one that the environment names.
    pub fn of_process() -> Self {
        let named = |name| std::env::var(name).ok();
        Self::of(named("NOTIFY_SOCKET").as_deref(), named("WATCHDOG_USEC").as_deref())
    }

    fn of(socket: Option<&str>, watchdog: Option<&str>) -> Self {
        let socket = socket.filter(|name| !name.is_empty()).and_then(|name| {
            let address = match name.strip_prefix('@') {
                Some(name) => SocketAddr::from_abstract_name(name),
                None => SocketAddr::from_pathname(name),
            };
            Some((UnixDatagram::unbound().ok()?, address.ok()?))
        });
        let micros = watchdog.and_then(|text| text.parse().ok());
        let watchdog = micros.filter(|micros| *micros > 0).map(Duration::from_micros);
        Self { socket, watchdog }
    }

    /// It serves.
    pub fn ready(&self) {
        self.tell("READY=1");
    }

    /// It ends.
    pub fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// Tells, for ever, that it lives: twice in the time that the manager allows.
    pub async fn lives(&self) {
        let Some(watchdog) = self.watchdog else { return std::future::pending().await };
        loop {
            self.tell("WATCHDOG=1");
            tokio::time::sleep(watchdog / 2).await;
        }
    }

    fn tell(&self, what: &str) {
        if let Some((socket, address)) = &self.socket {
            // A manager that is gone has nothing to hear.
            let _ = socket.send_to_addr(what.as_bytes(), address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn section_8_a_service_manager_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        let told = || {
            let mut bytes = [0; 64];
            let length = manager.recv(&mut bytes).unwrap();
            String::from_utf8(bytes[..length].to_vec()).unwrap()
        };
        let us = Manager::of(path.to_str(), Some("60000000"));
        us.ready();
        assert_eq!(told(), "READY=1");
        assert!(futures_util::poll!(std::pin::pin!(us.lives())).is_pending());
        assert_eq!(told(), "WATCHDOG=1");
        us.stopping();
        assert_eq!(told(), "STOPPING=1");
    }
}
