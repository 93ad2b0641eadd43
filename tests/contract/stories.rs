//! The two stories of the product, by command line alone, on a bare `hublink serve` with a real
//! mail server and a real DNS server around it, from the first-start token on.
//!
//! Owns the order in which people act. What each step may refuse is tested beside its rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use hublink::demo::dns::Zone;
use hublink::demo::dns::serve::Sockets;
use hublink::server::store::sha256;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::{AbortHandle, block_in_place};

use crate::binary::{code, told};
use crate::mail_server::MailServer;
use crate::served::Served;

const SITE: &str = "acme.webex.example";

/// The backend with a mail server and a DNS server.
struct Town {
    served: Served,
    root: String,
    mail: MailServer,
    zone: Arc<Zone>,
    dns: AbortHandle,
    folder: TempDir,
}

impl Town {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (mail, zone) = (MailServer::start().await, Arc::new(Zone::default()));
        let sockets = Sockets::bind().await.unwrap();
        let resolver = sockets.address().to_string();
        let dns = tokio::spawn(sockets.serve(Arc::clone(&zone))).abort_handle();
        let more = ["--smtp", &mail.url(), "--resolver", &resolver];
        let served = block_in_place(|| Served::start(folder.path(), &more));
        let root = served.first_token();
        Self { served, root, mail, zone, dns, folder }
    }

    fn run(&self, token: &str, line: &str) -> Value {
        block_in_place(|| self.served.run(token, line))
    }

    fn refused(&self, token: &str, line: &str, want: i32) -> String {
        block_in_place(|| self.served.refused(token, line, want))
    }

    /// A person, and a token of theirs.
    fn person(&self, email: &str) -> String {
        self.run(&self.root, &format!("person add --email {email} --name Somebody"));
        block_in_place(|| self.served.token(&self.root, email))
    }

    fn pass(&self, time: &str) {
        self.run(&self.root, &format!("clock advance {time}"));
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.dns.abort();
    }
}

/// The customer administrator's own machine: what they type, and what they are told.
fn nia(town: &Town, line: &str, input: &str) -> (i32, String, Value) {
    let words: Vec<&str> = line.split_whitespace().chain(["--output", "json"]).collect();
    let output = block_in_place(|| town.served.end("nia", "", &words, input));
    let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (code(&output), told(&output), json)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_starts_a_trial_and_the_customer_takes_over() {
    let town = Town::start().await;
    let pat = town.person("pat@meridian.example");
    town.run(&town.root, "org add --name Meridian --kind partner");
    town.run(&town.root, "org grant meridian --email pat@meridian.example --role partner_admin");

    let start = "trial start --company Nova --administrator nia@nova.example --vertical technology \
                 --country DE --supported-location --service messaging=80 --service meetings=50 \
                 --service contact_center=5 --site-url nova.webex.example \
                 --time-zone Europe/Berlin --days 60";
    let told = town.refused(&town.root, start, 4);
    assert!(told.contains("a partner admin could do it"), "{told}");
    let wrong = start.replace("nia@", "nia").replace("--days 60", "--days 45");
    let told = town.refused(&pat, &wrong, 2);
    assert!(told.contains("field: administrator") && told.contains("days: "), "{told}");
    let trial = town.run(&pat, start);
    assert_eq!((&trial["organization"], &trial["region"]), (&json!("nova"), &json!("europe")));

    let free = town.run(&pat, "subdomain check --org nova nova");
    assert_eq!(free["availability"], "available");
    let setup = town.run(&pat, "setup finish --org nova --subdomain nova");
    assert_eq!(setup["state"], "finished");
    let begun = town.run(&pat, "contact-center set-up --org nova");
    assert_eq!((&begun["country"], &begun["voice"]["state"]), (&json!("DE"), &json!("under_way")));
    town.pass("5m");
    let card = town.run(&pat, "contact-center show --org nova --watch");
    let states = |card: &Value| [card["voice"]["state"].clone(), card["chat"]["state"].clone()];
    assert_eq!(states(&card), ["ready", "not_started"]);
    let told = town.refused(&pat, "contact-center set-up --org nova", 3);
    assert!(told.contains("customer administrator"), "{told}");

    let mail = town.mail.text("nia@nova.example").await;
    let code = mail.lines().find(|line| line.starts_with("wel_")).unwrap();
    let input = format!("{code}\ncorrect horse battery\n");
    let (exit, told, accepted) = nia(&town, "welcome accept --accept-terms", &input);
    assert_eq!((exit, &accepted["setup"]), (0, &json!("finished")), "{told}");
    assert!(told.contains("hublink contact-center show --org nova"), "{told}");
    let (_, _, me) = nia(&town, "whoami", "");
    assert_eq!(me["roles"][0], json!({ "role": "full_admin", "organization": "nova" }));
    let (_, _, card) = nia(&town, "contact-center set-up --org nova", "");
    assert_eq!(states(&card), ["ready", "under_way"]);
    town.pass("5m");
    let (_, _, card) = nia(&town, "contact-center show --org nova --watch", "");
    assert_eq!(states(&card), ["ready", "ready"]);

    // They come back another day, with the password alone.
    assert_eq!(nia(&town, "logout", "").0, 0);
    assert_eq!(nia(&town, "login --email nia@nova.example", "wrong horse\n").0, 4);
    let (exit, told, _) = nia(&town, "login --email nia@nova.example", "correct horse battery\n");
    assert_eq!(exit, 0, "{told}");
    let (_, _, sites) = nia(&town, "site list", "");
    assert_eq!(sites[0]["url"], "nova.webex.example");
    assert_eq!(town.mail.taken(), BTreeMap::from([("nia@nova.example".to_owned(), 1)]));
}

const ROSTER: &str = "\
UserID,Active (Y/N),FirstName,LastName,UserName,Email,HostPrivilege,Department
u0,Y,Sam,Site,sam,sam@acme.example,Y,IT
u1,Y,Ann,Lee,ann,ann@acme-labs.example,Y,Sales
u2,Y,Bob,Ray,bob,bob@acme-labs.example,N,Sales
u3,Y,Cy,Roe,cy,cy@gmail.com,N,Sales
u4,Y,Dee,Cline,dee,dee@oldcorp.example,N,Ops
u5,Y,Eli,Orr,eli,eli@acme-labs.example,N,Ops
u6,Y,Gus,Ow,gus,gus@bücher.example,N,Ops
u7,N,Hal,Off,hal,hal@acme.example,N,Ops
";

/// Counts by outcome, those that are not zero.
fn outcomes(plan: &Value) -> BTreeMap<String, u64> {
    let counts = plan["outcomes"].as_object().unwrap().iter();
    let counts = counts.map(|(code, count)| (code.clone(), count.as_u64().unwrap()));
    counts.filter(|(_, count)| *count > 0).collect()
}

fn counts<const N: usize>(wanted: [(&str, u64); N]) -> BTreeMap<String, u64> {
    wanted.into_iter().map(|(code, count)| (code.to_owned(), count)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_admin_links_and_invites_and_verifies_after_the_deadline() {
    let town = Town::start().await;
    let (fay, sam) = (town.person("fay@acme.example"), town.person("sam@acme.example"));
    linked(&town, &fay, &sam).await;
    proof_of_concept(&town, &sam).await;
    town.pass("93d");
    the_rest(&town, &sam);
    let mails = town.mail.taken();
    let wanted = counts([("cy@gmail.com", 1), ("fay@acme.example", 1), ("sam@acme.example", 3)]);
    assert_eq!(
        mails.into_iter().map(|(to, n)| (to, n.into())).collect::<BTreeMap<_, u64>>(),
        wanted
    );
    assert_eq!(town.run(&fay, "audit verify")["ok"], true);
}

/// Enroll, connect, candidates, a role, Link Now, and its time.
async fn linked(town: &Town, fay: &str, sam: &str) {
    town.run(&town.root, "org add --name Acme --id acme --country DE");
    town.run(&town.root, "org grant acme --email fay@acme.example --role full_admin");
    let add = "site add acme.webex.example --company ACME --site-admin sam@acme.example \
               --csm csm@provider.example";
    town.run(&town.root, add);
    let told = town.refused(sam, "site candidates acme.webex.example", 3);
    assert!(told.contains("hublink site enroll"), "{told}");
    assert_eq!(town.run(sam, "site enroll acme.webex.example")["next"], "connect");
    let code = town.mail.code("sam@acme.example").await;
    let connected = town.run(sam, &format!("site connect {SITE} {code}"));
    assert_eq!(connected["next"], "organization");
    let roster = town.folder.path().join("roster.csv");
    std::fs::write(&roster, ROSTER).unwrap();
    let import = format!("user import --site {SITE} {} --yes", roster.display());
    assert_eq!(town.run(sam, &import)["users"], 8);
    let told = town.refused(sam, &format!("invite plan --site {SITE} --all"), 3);
    assert!(told.contains("Link the site first"), "{told}");

    let found = town.run(sam, &format!("site candidates {SITE}"));
    let acme = &found["items"][0];
    assert_eq!((&acme["id"], &acme["choosable"]), (&json!("acme"), &json!(false)), "{found}");
    town.run(fay, "org grant acme --email sam@acme.example --role full_admin");
    // Named, and nobody's for that (rule P1): the role is Sam's once Sam accepts it.
    let found = town.run(sam, &format!("site candidates {SITE}"));
    assert_eq!(found["items"][0]["choosable"], false, "{found}");
    town.run(sam, "offer accept acme --accept-terms");
    let found = town.run(sam, &format!("site candidates {SITE}"));
    assert_eq!(found["items"][0]["choosable"], true, "{found}");
    let agree = format!("--agree --confirm {SITE}");
    town.run(sam, &format!("site link {SITE} --org acme --review"));
    assert_eq!(town.run(sam, &format!("site link {SITE} --org acme {agree}"))["state"], "running");
    town.pass("60s");
    let job = town.run(sam, &format!("site link {SITE} --status --watch"));
    assert_eq!((&job["state"], &job["result"]["linked"]), (&json!("done"), &json!(1)));
}

/// The agreement for two domains, one of them in letters beyond ASCII; then the group.
async fn proof_of_concept(town: &Town, sam: &str) {
    town.run(sam, &format!("site method {SITE} sign_agreement"));
    let review = town.run(sam, &format!("site agree {SITE} --review"));
    let domains = review["domains"].as_array().unwrap();
    let may: Vec<_> = domains.iter().filter(|one| one["may_sign"] == true).collect();
    assert_eq!(may.len(), 4, "{review}");
    let hash = review["text_sha256"].as_str().unwrap();
    let agree = "--domain acme-labs.example --domain bücher.example --agree --agreement";
    let site = town.run(sam, &format!("site agree {SITE} {agree} {hash} --confirm {SITE}"));
    assert_eq!(site["agreements"].as_array().unwrap().len(), 2);
    assert_eq!(site["agreements"][0]["text_sha256"], hash);
    let text = review["text"].as_str().unwrap();
    assert_eq!(sha256(text.as_bytes()), hash, "what is shown is what is hashed");
    let audit = town.run(sam, "audit list --org acme");
    let signed = audit.as_array().unwrap().iter().find(|one| one["action"] == "agreement.signed");
    assert_eq!(signed.unwrap()["detail"]["text_sha256"], hash, "and what the audit keeps");
    let plan = town.run(sam, &format!("invite plan --site {SITE} --select dept:sales"));
    assert_eq!(outcomes(&plan), counts([("email_consumer", 1), ("link_provisional", 2)]));
    let apply = format!("invite apply {} --yes --watch", plan["id"].as_str().unwrap());
    let run = town.run(sam, &apply);
    assert_eq!(
        (&run["state"], &run["emailed"], &run["linked"]),
        (&json!("done"), &json!(1), &json!(2))
    );
    assert!(town.mail.text("cy@gmail.com").await.contains("/i/inv_"));
}

/// The deadline has passed: what is linked stays, nobody else is; the domains are proven then.
fn the_rest(town: &Town, sam: &str) {
    let site = town.run(sam, &format!("site show {SITE}"));
    assert!(
        site["agreements"].as_array().unwrap().iter().all(|one| one["lapsed"] == true),
        "{site}"
    );
    let rest = format!("invite plan --site {SITE} --rest");
    let plan = town.run(sam, &rest);
    let wanted =
        [("blocked_inactive", 1), ("hold_agreement_lapsed", 2), ("hold_unverified_domain", 1)];
    assert_eq!(outcomes(&plan), counts(wanted));

    for domain in ["acme-labs.example", "bücher.example", "oldcorp.example"] {
        let added = town.run(sam, &format!("domain add --org acme {domain}"));
        let told = town.refused(sam, &format!("domain verify --org acme {domain}"), 3);
        assert!(told.contains("no use before"), "D2: {told}");
        let record = &added["challenge"];
        let text = |name: &str| record[name].as_str().unwrap();
        town.zone.publish(text("record_name"), text("record_value")).unwrap();
        let verified = town.run(sam, &format!("domain verify --org acme {domain}"));
        assert_eq!(verified["state"], "verified");
    }
    let users = town.run(sam, &format!("user list --site {SITE} --select status:linked"));
    assert_eq!(users.as_array().unwrap().len(), 3, "D4: provisional users became linked");
    // What was planned before is not what is so now: nothing is done.
    let stale = format!("invite apply {} --yes", plan["id"].as_str().unwrap());
    town.refused(sam, &stale, 6);
    let plan = town.run(sam, &rest);
    assert_eq!(outcomes(&plan), counts([("blocked_inactive", 1), ("link_now", 3)]));
    let apply = format!("invite apply {} --yes --watch", plan["id"].as_str().unwrap());
    let run = town.run(sam, &apply);
    assert_eq!((&run["linked"], &run["emailed"]), (&json!(3), &json!(0)));
    assert_eq!(town.run(sam, "timers list"), json!([]), "nothing waits for anybody");
}
