//! A backend in this process, over a small world that has something for every request.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;

use axum::Router;
use hublink::api::call::{ApiError, Body, Reply, Request};
use hublink::api::route::Route;
use hublink::api::session::Secret;
use hublink::client::endpoint::Endpoint;
use hublink::client::{Client, Options};
use hublink::server::{ServeOptions, prepare};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::mail_server::MailServer;

/// The tokens of the world's people.
pub const ROOT: &str = "dev-root";
pub const FAY: &str = "dev-fay";
pub const PAT: &str = "dev-pat";
/// Administers a site and is in no organization.
pub const NED: &str = "dev-ned";

/// The linked site.
pub const SITE: &str = "acme.webex.example";

/// The world file.
pub const FILE: &str = r#"
now = "2026-03-01T09:00:00Z"

[[people]]
email = "root@hub.example"
name = "Root"
token = "dev-root"
backend_admin = true
[[people]]
email = "fay@acme.example"
name = "Fay Moss"
token = "dev-fay"
[[people]]
email = "pat@meridian.example"
name = "Pat Ray"
token = "dev-pat"

[[people]]
email = "ned@solo.example"
name = "Ned Solo"
token = "dev-ned"

[[organizations]]
id = "meridian"
name = "Meridian Networks"
kind = "partner"
partner_admins = ["pat@meridian.example"]
full_admins = ["pia@meridian.example"]
subdomain = "meridian"
welcome = { email = "pia@meridian.example", state = "sent", code = "wel_contract" }
[[organizations]]
id = "acme"
name = "Acme Robotics"
kind = "customer"
partner = "meridian"
full_admins = ["fay@acme.example"]
domains = [{ name = "acme.example", state = "claimed" }]
services = { messaging = 50, meetings = 50, calling = 50, contact_center = 5 }
setup = "pending"
welcome = { email = "slow@acme.example", state = "refused" }

[[sites]]
url = "acme.webex.example"
company = "Acme Robotics Inc"
organization = "acme"
linked_at = "2025-11-02T10:00:00Z"
site_admins = ["fay@acme.example"]
csm = "csm@provider.example"
method = "receive_email"
roster = "acme.csv"
[[sites]]
url = "rd.webex.example"
company = "Acme Research"
site_admins = ["fay@acme.example"]
csm = "csm@provider.example"
link_fails = 1
[[sites]]
url = "solo.webex.example"
company = "Solo & Sons Ltd"
site_admins = ["ned@solo.example"]
csm = "csm@provider.example"
"#;

/// Bob's mail is taken, Lou's is lost on the way, Sol's is put off for ever.
pub const ROSTER: &str = "\
UserID,Active (Y/N),FirstName,LastName,UserName,Email,HostPrivilege,Department,Declined
u0,Y,Ann,Lee,ann,ann@acme.example,Y,Sales,N
u1,Y,Bob,Ray,bob,bob@gmail.com,N,Ops,N
u2,Y,Lou,Roe,lou,lost@oldcorp.example,N,Ops,N
u3,Y,Sol,Orr,sol,slow@oldcorp.example,N,Ops,N
u4,Y,Dee,Cline,dee,dee@oldcorp.example,N,Ops,Y
u5,N,Ian,Active,ian,ian@acme.example,N,Ops,N
u6,Y,Eve,\"=HYPERLINK(\"\"x\"\")\",eve,not-an-address,N,=1+1,N
";

/// A running backend.
pub struct World {
    pub url: String,
    folder: TempDir,
    sent: Mutex<BTreeSet<&'static str>>,
    _end: oneshot::Sender<()>,
    _served: JoinHandle<()>,
    mail: MailServer,
}

impl World {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut ServeOptions)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("world.toml"), FILE).unwrap();
        std::fs::write(folder.path().join("acme.csv"), ROSTER).unwrap();
        let mail = MailServer::start().await;
        let database = format!("sqlite:{}", folder.path().join("hub.db").display());
        let mut options = ServeOptions::loopback(database);
        options.world = Some(folder.path().join("world.toml"));
        options.smtp = Some(Secret::new(mail.url()));
        // Nobody answers there: look-ups fail at once, and never leave this machine.
        options.resolvers = vec![mail.nobody()];
        options.test_clock = true;
        change(&mut options);
        let prepared = prepare(options).await.unwrap();
        let url = format!("http://{}", prepared.address());
        let (end, ending) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            let end = async move {
                let _ = ending.await;
            };
            prepared.serve(Router::new(), end).await.unwrap();
        });
        let sent = Mutex::default();
        Self { url, folder, sent, _end: end, _served: served, mail }
    }

    /// A client with this token; an empty one is not signed in.
    pub fn client(&self, token: &str) -> Client {
        let endpoint = Endpoint::parse(&self.url, false).unwrap();
        let client = Client::new(endpoint, &Options::default()).unwrap();
        let token = Secret::new(token);
        client.with_token(Some(&token).filter(|token| !token.expose().is_empty())).unwrap()
    }

    /// The mail server's URL.
    pub fn smtp(&self) -> String {
        self.mail.url()
    }

    /// Where no DNS server answers, and that at once.
    pub fn nobody(&self) -> String {
        self.mail.nobody().to_string()
    }

    /// Asks, notes which request it was, and wants a good answer.
    pub async fn ask(&self, token: &str, request: Request) -> Reply {
        let file = matches!(request.body, Body::File(_));
        assert_eq!(request.about.route.file, file, "{}", request.target);
        let found = Route::asked(request.method(), &request.target);
        assert_eq!(found, Some(&request.about.route), "{} leads elsewhere", request.target);
        let reply = self.client(token).send(&request, None).await;
        self.sent.lock().unwrap().insert(request.about.route.id);
        reply.unwrap_or_else(|error| panic!("{}: {error:?}", request.about.route.id))
    }

    /// Asks and wants a refusal.
    pub async fn refused(&self, token: &str, request: Request) -> ApiError {
        self.client(token).send(&request, None).await.unwrap_err()
    }

    /// Notes that a request was sent by other means.
    pub fn note(&self, name: &'static str) {
        self.sent.lock().unwrap().insert(name);
    }

    /// Which requests have been answered well.
    pub fn sent(&self) -> BTreeSet<&'static str> {
        self.sent.lock().unwrap().clone()
    }

    /// The code of the newest connect mail to an address.
    pub async fn code(&self, to: &str) -> String {
        self.mail.code(to).await
    }

    /// The text of the newest mail to an address.
    pub async fn mail(&self, to: &str) -> String {
        self.mail.text(to).await
    }

    /// The code of the mail for a new password to an address.
    pub async fn reset_code(&self, to: &str) -> String {
        let text = self.mail.text(to).await;
        text.split_whitespace().find(|word| word.starts_with("rst_")).unwrap().to_owned()
    }

    /// A path in the world's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
