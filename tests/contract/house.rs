//! A backend that can be started anew on its database, over a world with every role in it and
//! something for every wizard.

use axum::Router;
use hublink::api::session::Secret;
use hublink::client::endpoint::Endpoint;
use hublink::client::{Client, Options};
use hublink::server::{ServeOptions, prepare};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::mail_server::MailServer;

const FILE: &str = r#"
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
email = "gus@acme.example"
name = "Gus Holm"
token = "dev-gus"
[[people]]
email = "pat@meridian.example"
name = "Pat Ray"
token = "dev-pat"
[[people]]
email = "rio@acme.example"
name = "Rio Tanaka"
token = "dev-rio"
[[people]]
email = "sid@site.example"
name = "Sid Site"
token = "dev-sid"
[[people]]
email = "ned@solo.example"
name = "Ned Solo"
token = "dev-ned"

[[organizations]]
id = "meridian"
name = "Meridian Networks"
kind = "partner"
partner_admins = ["pat@meridian.example"]
subdomain = "meridian"
[[organizations]]
id = "acme"
name = "Acme Robotics"
kind = "customer"
partner = "meridian"
full_admins = ["fay@acme.example", "gus@acme.example"]
read_only_admins = ["rio@acme.example"]
domains = [{ name = "acme.example", state = "claimed" }]
directory_sync = true
synced_directory = ["Ann@acme.example", "bob@gmail.com", "lin@acme.example"]
services = { messaging = 10, meetings = 10, contact_center = 5 }
country = "DE"
setup = "pending"

[[sites]]
url = "acme.webex.example"
company = "Acme Robotics Inc"
organization = "acme"
linked_at = "2025-11-02T10:00:00Z"
site_admins = ["sid@site.example"]
csm = "csm@provider.example"
method = "receive_email"
roster = "acme.csv"
[[sites]]
url = "rd.webex.example"
company = "Acme Research"
organization_hint = "acme"
site_admins = ["fay@acme.example", "sid@site.example"]
csm = "csm@provider.example"
[[sites]]
url = "solo.webex.example"
company = "Solo & Sons Ltd"
site_admins = ["ned@solo.example"]
csm = "csm@provider.example"

[[orders]]
number = "SO-1"
partner = "meridian"
company = "Kestrel Freight Ltd"
country = "GB"
services = { messaging = 75 }
received = "2026-02-27T12:30:00Z"
"#;

/// Lin is linked and has no licence yet; Ann's capitals are others in the directory.
const ROSTER: &str = "\
UserID,Active (Y/N),FirstName,LastName,UserName,Email,HostPrivilege,Department,Linked
u0,Y,Ann,Lee,ann,ann@acme.example,Y,Sales,N
u1,Y,Bob,Ray,bob,bob@gmail.com,N,Ops,N
u2,Y,Sol,Orr,sol,sol@oldcorp.example,N,Ops,N
u3,Y,Lin,Ked,lin,lin@acme.example,N,Ops,Y
";

/// The backend as it runs now.
struct Serving {
    end: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

/// A backend that can be started anew.
pub struct House {
    pub url: String,
    folder: TempDir,
    mail: MailServer,
    serving: Option<Serving>,
}

impl House {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("world.toml"), FILE).unwrap();
        std::fs::write(folder.path().join("acme.csv"), ROSTER).unwrap();
        let mail = MailServer::start().await;
        let mut house = Self { url: String::new(), folder, mail, serving: None };
        house.restart().await;
        house
    }

    /// Ends the backend, if one runs, and starts another on the same database.
    pub async fn restart(&mut self) {
        if let Some(serving) = self.serving.take() {
            drop(serving.end);
            serving.served.await.unwrap();
        }
        let database = format!("sqlite:{}", self.folder.path().join("hub.db").display());
        let mut options = ServeOptions::loopback(database);
        options.world = Some(self.folder.path().join("world.toml"));
        options.smtp = Some(Secret::new(self.mail.url()));
        options.resolvers = vec![self.mail.nobody()];
        options.test_clock = true;
        let prepared = prepare(options).await.unwrap();
        self.url = format!("http://{}", prepared.address());
        let (end, ending) = oneshot::channel::<()>();
        let served = tokio::spawn(async move {
            let end = async move {
                let _ = ending.await;
            };
            prepared.serve(Router::new(), end).await.unwrap();
        });
        self.serving = Some(Serving { end, served });
    }

    /// A client with this token.
    pub fn client(&self, token: &str) -> Client {
        let endpoint = Endpoint::parse(&self.url, false).unwrap();
        let client = Client::new(endpoint, &Options::default()).unwrap();
        client.with_token(Some(&Secret::new(token))).unwrap()
    }
}
