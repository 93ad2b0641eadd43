//! SPEC section 3 by command line: every verb by every role, through the real binary.
//!
//! Owns the table: who may, and who only sees; for all others there is nothing there. The routes
//! behind the verbs have a table of their own; this one holds the exit codes and the words.

use std::process::{Output, Stdio};

use clap::CommandFactory as _;
use hublink::cli::Cli;
use serde_json::Value;
use tokio::task::block_in_place;

use crate::binary::{code, command, told};
use crate::world::World;

/// A backend admin, a partner admin, a full admin, a read-only admin, a site admin, the full admin
/// of another organization, and somebody without any role.
const EVERYONE: [&str; 7] = ["root", "pat", "fay", "rob", "sam", "zoe", "non"];
const ALL: &str = "root pat fay rob sam zoe non";
const ADMINS: &str = "pat fay rob sam zoe non";
/// Those who see the organization and its site, but are no full admin.
const OTHERS: &str = "root pat rob sam";

const FILE: &str = r#"
now = "2026-03-01T09:00:00Z"
[[people]]
email = "root@hub.example"
name = "Root"
token = "root"
backend_admin = true
[[people]]
email = "pat@meridian.example"
name = "Pat"
token = "pat"
[[people]]
email = "fay@acme.example"
name = "Fay"
token = "fay"
[[people]]
email = "rob@acme.example"
name = "Rob"
token = "rob"
[[people]]
email = "sam@sites.example"
name = "Sam"
token = "sam"
[[people]]
email = "zoe@zeta.example"
name = "Zoe"
token = "zoe"
[[people]]
email = "non@nowhere.example"
name = "Non"
token = "non"
[[people]]
email = "ira@acme.example"
name = "Ira"

[[organizations]]
id = "meridian"
name = "Meridian"
kind = "partner"
partner_admins = ["pat@meridian.example"]
[[organizations]]
id = "acme"
name = "Acme"
kind = "customer"
partner = "meridian"
full_admins = ["fay@acme.example"]
read_only_admins = ["rob@acme.example", "ira@acme.example"]
domains = [{ name = "acme.example", state = "claimed" }]
services = { contact_center = 5 }
setup = "pending"
welcome = { email = "slow@acme.example", state = "refused" }
[[organizations]]
id = "zeta"
name = "Zeta"
kind = "customer"
full_admins = ["zoe@zeta.example"]

[[sites]]
url = "acme.webex.example"
company = "Acme"
organization = "acme"
linked_at = "2025-11-02T10:00:00Z"
site_admins = ["sam@sites.example"]
method = "verify_now"
roster = "acme.csv"

[[trials]]
organization = "acme"
days = 30
[[orders]]
number = "SO-1"
partner = "meridian"
company = "Acme"
country = "DE"
services = { calling = 4 }
[[orders]]
number = "SO-3"
partner = "meridian"
company = "Acme"
country = "DE"
services = { calling = 4 }
organization = "acme"
administrator = "fay@acme.example"
asked = "2026-02-20"
"#;

/// A command, who may do it, and who sees what it is about but may not.
type Row = (&'static str, &'static str, &'static str);

/// Commands for which there is no role: they ask nobody, or only who one is.
const FOR_ANYBODY: [&str; 21] = [
    "demo",
    "serve",
    "login",
    "logout",
    "keys",
    "themes",
    "paths",
    "openapi",
    "completions",
    "man",
    "help",
    "welcome accept",
    "welcome decline",
    "welcome lift",
    "password change",
    "password reset",
    // On the backend's host, by who may read its files.
    "backup",
    "restore",
    "clock accept",
    "clock refuse",
    "doctor",
];

#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("whoami", ALL, ""),
    ("api /v1/me", ALL, ""),
    ("api sites/acme.webex.example", "root pat fay rob sam", ""),
    ("api PATCH organizations/acme -F auto_licence=true", "fay", OTHERS),
    ("clock show", ALL, ""),
    ("clock advance 1s", ALL, ""),
    ("timers list", ALL, ""),
    ("person list", "root", ADMINS),
    ("person add --email new@acme.example --name New", "root", ADMINS),
    ("token list", ALL, ""),
    ("token create --person fay@acme.example", "root fay", "pat rob sam zoe non"),
    ("person disable ira@acme.example --yes", "root fay", "pat rob sam"),
    ("person enable ira@acme.example", "root fay", "pat rob sam"),
    ("token revoke tok_none --yes", "", ""),
    ("session list", ALL, ""),
    ("session end --all", ALL, ""),
    ("session end ses_none", "", ""),
    ("audit list --org acme", "root pat fay rob", "sam"),
    ("audit verify", "root pat fay rob zoe", "sam non"),
    ("audit anchor", "root", "pat fay rob zoe sam non"),
    ("org list", ALL, ""),
    ("org show acme", "root pat fay rob sam", ""),
    ("org add --name New", "root", ADMINS),
    ("org edit acme --auto-licence on", "fay", OTHERS),
    ("org grant acme --email lee@acme.example --role read_only_admin", "root fay", "pat rob sam"),
    ("org revoke acme --email lee@acme.example --role read_only_admin --yes", "root fay", "pat rob sam"),
    ("org withdraw acme --email lee@acme.example --yes", "root fay", "pat rob sam"),
    ("offer list", ALL, ""),
    ("offer accept acme --accept-terms", ALL, ""),
    ("offer decline acme", ALL, ""),
    ("offer lift acme", ALL, ""),
    ("org directory-sync show acme", "root pat fay rob", "sam"),
    ("org directory-sync users acme", "fay", OTHERS),
    ("org directory-sync set acme --on true --yes", "fay", OTHERS),
    ("org directory-sync pause acme", "fay", OTHERS),
    ("org directory-sync convert acme --yes", "fay", OTHERS),
    ("org directory-sync dry-run acme", "fay", OTHERS),
    ("org directory-sync resume acme", "fay", OTHERS),
    ("trial list", ALL, ""),
    ("trial start --partner meridian --company N --administrator n@n.example --vertical other --country DE --supported-location --service calling=0", "pat", "root"),
    ("trial show acme", "root pat fay rob", "sam"),
    ("trial edit acme --service calling=5", "pat", "root fay rob sam"),
    ("trial extend acme --accept-earlier", "pat", "root fay rob sam"),
    ("order list", ALL, ""),
    ("order add SO-9 --partner meridian --company N --country DE --service calling=1", "root", ADMINS),
    ("order show SO-1", "root pat", ""),
    ("order candidates SO-1 --administrator a@acme.example", "pat", "root"),
    ("order map SO-1 --administrator fay@acme.example", "pat", "root"),
    ("order accept SO-3 --yes", "fay", "root pat rob"),
    ("order decline SO-3 --yes", "fay", "root pat rob"),
    ("setup show --org acme", "pat fay", "root rob sam"),
    ("setup finish --org acme --subdomain no-good", "pat fay", "root rob sam"),
    ("subdomain check --org acme acme", "pat fay", "root rob sam"),
    ("subdomain suggest --org acme", "pat fay", "root rob sam"),
    ("contact-center show --org acme", "pat fay", "root rob sam"),
    ("contact-center set-up --org acme --country Atlantis", "pat fay", "root rob sam"),
    ("welcome resend --org acme", "pat fay", "root rob sam"),
    ("welcome correct --org acme --email slow@nova.example", "pat fay", "root rob sam"),
    ("site list", ALL, ""),
    ("site show acme.webex.example", "root pat fay rob sam", ""),
    ("site add more.webex.example --company More", "root", ADMINS),
    ("site edit acme.webex.example --company Acme", "root", "pat fay rob sam"),
    ("site enroll acme.webex.example", "sam", "root pat fay rob"),
    ("site connect acme.webex.example aaaa-bbbb-cccc-dddd", "sam", "root pat fay rob"),
    ("site candidates acme.webex.example", "sam", "root pat fay rob"),
    ("site link acme.webex.example --org acme --review", "sam", "root pat fay rob"),
    ("site link acme.webex.example --retry", "sam", "root pat fay rob"),
    ("site link acme.webex.example --users", "pat fay rob sam", "root"),
    ("site method acme.webex.example verify_now", "fay", OTHERS),
    ("site agree acme.webex.example --review", "pat fay rob sam", "root"),
    ("site agree acme.webex.example --domain x.example --agree --confirm acme.webex.example", "fay", OTHERS),
    ("site account-linking acme.webex.example", "pat fay rob sam", "root"),
    ("site account-linking acme.webex.example off", "fay", OTHERS),
    ("site auto-link acme.webex.example", "root pat fay rob sam", ""),
    ("site auto-link acme.webex.example --off", "root", "pat fay rob sam"),
    ("site insights acme.webex.example", "pat fay rob sam", "root"),
    ("site insights acme.webex.example meetings", "pat fay rob sam", "root"),
    ("site insights acme.webex.example devices", "pat fay rob sam", "root"),
    ("site insights acme.webex.example participants", "pat fay rob sam", "root"),
    ("site insights acme.webex.example participant a@acme.example", "pat fay rob sam", "root"),
    ("site insights acme.webex.example meeting m1", "pat fay rob sam", "root"),
    ("site insights acme.webex.example import FILE", "fay sam", "root pat rob"),
    ("domain list --org acme", "root pat fay rob", "sam"),
    ("domain add --org acme more.example", "fay", OTHERS),
    ("domain verify --org acme acme.example", "fay", OTHERS),
    ("domain claim --org acme acme.example", "fay", OTHERS),
    ("domain release --org acme acme.example --yes", "fay", OTHERS),
    ("domain unverify --org acme acme.example --yes", "fay", OTHERS),
    ("domain remove --org acme acme.example --yes", "fay", OTHERS),
    ("domain consumers", "root", ADMINS),
    ("domain add-consumer post.example", "root", ADMINS),
    ("user list --site acme.webex.example", "pat fay rob sam", "root"),
    ("user export --site acme.webex.example", "pat fay rob sam", "root"),
    ("user import --site acme.webex.example FILE --dry-run", "fay sam", "root pat rob"),
    ("user show --site acme.webex.example u0", "pat fay rob sam", "root"),
    ("user add --site acme.webex.example u9 --address u9@acme.example", "fay sam", "root pat rob"),
    ("user edit --site acme.webex.example u0 --department Legal", "fay sam", "root pat rob"),
    ("licence export --site acme.webex.example", "fay", OTHERS),
    ("licence import --site acme.webex.example FILE --dry-run", "fay", OTHERS),
    ("cohort list --site acme.webex.example", "pat fay rob sam", "root"),
    ("cohort save --site acme.webex.example poc --all --yes", "fay", OTHERS),
    ("cohort show --site acme.webex.example poc", "pat fay rob sam", "root"),
    ("cohort remove --site acme.webex.example poc --yes", "fay", OTHERS),
    ("invite plan --site acme.webex.example --all", "fay", OTHERS),
    ("invite show PLAN", "pat fay rob sam", "root"),
    ("invite apply PLAN --yes", "fay", OTHERS),
    ("invite status", ALL, ""),
    ("invite status RUN", "pat fay rob sam", "root"),
    ("invite report RUN", "pat fay rob sam", "root"),
    ("invite report RUN --output html", "pat fay rob sam", "root"),
    ("invite announce RUN", "pat fay rob sam", "root"),
    ("invite pause RUN", "fay", OTHERS),
    ("invite resume RUN", "fay", OTHERS),
    ("invite cancel RUN --yes", "fay", OTHERS),
    ("invite retry RUN", "fay", OTHERS),
    ("invite resolve RUN --user u0 --sent", "fay", OTHERS),
    ("invite clear-decline --org acme lou@oldcorp.example --yes", "fay", OTHERS),
];

/// How a command ended, as far as rights go.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    Through,
    NotAllowed,
    Hidden,
}

/// What one may not see answers like what does not exist.
const NOUNS: [&str; 9] =
    ["organization", "site", "token", "plan", "run", "trial", "order", "person", "session"];

fn ended(output: &Output) -> Ended {
    let told = told(output);
    let hidden = |noun: &&str| told.contains(&format!("no such {noun},"));
    if code(output) != 4 {
        return Ended::Through;
    }
    assert!(output.stdout.is_empty(), "who is refused gets no result: {told}");
    if NOUNS.iter().any(hidden) {
        return Ended::Hidden;
    }
    if told.contains("There is no such ") {
        return Ended::Through;
    }
    assert!(told.contains(" admin could do it"), "names the role that could: {told}");
    Ended::NotAllowed
}

struct Stage {
    world: World,
    plan: String,
    run: String,
}

impl Stage {
    async fn start() -> Self {
        let world = World::start_with(|options| {
            std::fs::write(options.world.as_ref().unwrap(), FILE).unwrap();
            // Rights come before mails: none is to be sent.
            options.smtp = None;
        });
        let mut stage = Self { world: world.await, plan: String::new(), run: String::new() };
        block_in_place(|| {
            std::fs::write(stage.world.path("file.csv"), "").unwrap();
            let id = |line: &str| {
                let output = stage.command("fay", &format!("{line} --output json"));
                let json: Value = serde_json::from_slice(&output.stdout).unwrap();
                json["id"].as_str().unwrap().to_owned()
            };
            let plan = id("invite plan --site acme.webex.example --all");
            let run = id(&format!("invite apply {plan} --yes"));
            (stage.plan, stage.run) = (plan, run);
        });
        stage
    }

    fn command(&self, who: &str, line: &str) -> Output {
        let file = self.world.path("file.csv");
        let mut one = command(&self.world.url, &self.world.path(who));
        one.env("HUBLINK_TOKEN", who).stdin(Stdio::null());
        one.args(line.split_whitespace().map(|word| match word {
            "PLAN" => self.plan.as_str(),
            "RUN" => self.run.as_str(),
            "FILE" => file.to_str().unwrap(),
            word => word,
        }));
        one.output().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_every_command_by_every_role() {
    let stage = Stage::start().await;
    let named = |names: &str, who: &str| names.split(' ').any(|name| name == who);
    for (line, may, sees) in TABLE {
        let ended = |who: &'static str| {
            let stage = &stage;
            move || (who, stage.command(who, line))
        };
        let at_once = |people: Vec<&'static str>| {
            std::thread::scope(|scope| {
                let all: Vec<_> = people.into_iter().map(|who| scope.spawn(ended(who))).collect();
                all.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
            })
        };
        // Who is refused comes first: what the others do may show them more.
        let (may_act, refused): (Vec<_>, Vec<_>) =
            EVERYONE.into_iter().partition(|who| named(may, who));
        // What one of them did to a person changes what another may do to them.
        let all: Vec<_> = block_in_place(|| {
            let refused = at_once(refused);
            let acted: Vec<_> = if line.starts_with("person ") {
                may_act.into_iter().flat_map(|who| at_once(vec![who])).collect()
            } else {
                at_once(may_act)
            };
            [refused, acted].concat()
        });
        for (who, output) in all {
            let want = match (named(may, who), named(sees, who)) {
                (true, _) => Ended::Through,
                (false, true) => Ended::NotAllowed,
                (false, false) => Ended::Hidden,
            };
            assert_eq!(self::ended(&output), want, "{line} as {who}: {}", told(&output));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn section_7_a_field_that_there_is_not_is_found_before_anything_is_done() {
    let stage = Stage::start().await;
    block_in_place(|| {
        let record = || stage.command("root", "audit list -o csv --fields action").stdout;
        let before = record();
        // Of what any request answers nobody knows the fields; looking at candidates is recorded.
        let known = |line: &str| {
            !line.contains("FILE") && !line.starts_with("api ") && !line.contains("candidates")
        };
        for (line, may, _) in TABLE.iter().filter(|row| known(row.0)) {
            let who = may.split(' ').next().unwrap();
            let output = stage.command(who, &format!("{line} --fields no_such"));
            // An empty list has no fields to be wrong about.
            let lines = String::from_utf8_lossy(&output.stdout).lines().count();
            let empty = code(&output) == 0 && lines <= 1;
            // Or it is refused before there would be anything to write.
            let refused = matches!(code(&output), 3 | 4 | 6);
            assert!(code(&output) == 2 || empty || refused, "{line} as {who}: {}", told(&output));
            let named = told(&output).contains("--fields");
            assert!(empty || refused || named, "{line}: {}", told(&output));
        }
        // That somebody was asked about is recorded (rule P2), also where the answer is a refusal;
        // and the stage's run, which has no mail server, pauses by itself.
        let told = |record: Vec<u8>| {
            let record = String::from_utf8(record).unwrap();
            record.replace("others.asked\n", "").replace("run.paused\n", "")
        };
        assert_eq!(told(record()), told(before), "nothing was done");
    });
}

#[test]
fn section_3_the_table_has_every_command() {
    fn leaves(command: &clap::Command, path: &str, all: &mut Vec<String>) {
        let mut subs = command.get_subcommands().filter(|sub| sub.get_name() != "help").peekable();
        if subs.peek().is_none() {
            all.push(path.to_owned());
        }
        for sub in subs {
            leaves(sub, format!("{path} {}", sub.get_name()).trim(), all);
        }
    }
    let mut all = Vec::new();
    leaves(&Cli::command(), "", &mut all);
    for path in all {
        let known = TABLE.iter().any(|(line, ..)| {
            // What a command is about may stand between its words.
            let mut words = line.split(' ');
            path.split(' ').all(|wanted| words.any(|word| word == wanted))
        });
        assert!(known || FOR_ANYBODY.contains(&path.as_str()), "{path} is in no row");
    }
}
