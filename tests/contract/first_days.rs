//! The requests of a customer's first days: setup, subdomain, Contact Center, welcome.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

use hublink::api::contact_center::{ContactCenter, SetUpContactCenter};
use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::run::WatchQuery;
use hublink::api::session::{Me, Secret, ShowMe};
use hublink::api::setup::{
    Availability, CheckSubdomain, FinishSetup, FinishSetupCall, SetUpContactCenterCall, Setup,
    ShowContactCenter, ShowSetup, SubdomainCheck, SubdomainQuery, SuggestQuery, SuggestSubdomains,
    Suggestions,
};
use hublink::api::welcome::{
    AcceptWelcome, AcceptWelcomeCall, CorrectWelcome, CorrectWelcomeCall, LookAtWelcome,
    LookAtWelcomeCall, ResendWelcome, ShowWelcome, Welcome, WelcomeAccepted, WelcomeAsks,
    WelcomeShown,
};
use hublink::domain::setup::{PartState, SetupState};
use hublink::domain::welcome::WelcomeState;

use crate::world::{FAY, PAT, World};

fn acme() -> String {
    "acme".to_owned()
}

/// All of them.
pub async fn all(world: &World) {
    setup(world).await;
    contact_center(world).await;
    welcome(world).await;
    accept(world).await;
}

async fn setup(world: &World) {
    let ask = |call| world.ask(PAT, call);
    let check =
        |name: &str| CheckSubdomain::call(acme(), SubdomainQuery { name: name.into() }, Nothing);
    let pending: Setup = ask(ShowSetup::call(acme(), Nothing, Nothing)).await.take().unwrap();
    assert_eq!((pending.state, pending.suggestions.len()), (SetupState::Pending, 3));
    let taken: SubdomainCheck = ask(check("Meridian")).await.take().unwrap();
    assert_eq!((taken.availability, taken.suggestions.len()), (Availability::Taken, 3));
    let invalid: SubdomainCheck = ask(check("a b & ü?")).await.take().unwrap();
    assert_eq!((invalid.availability, invalid.asked.raw()), (Availability::Invalid, "a b & ü?"));
    let free: Suggestions = ask(SuggestSubdomains::call(acme(), SuggestQuery::default(), Nothing))
        .await
        .take()
        .unwrap();
    let finish =
        |name: &str| FinishSetupCall::call(acme(), Nothing, FinishSetup { subdomain: name.into() });
    let refused = world.refused(PAT, finish("meridian")).await;
    assert_eq!(refused.code(), "subdomain_taken");
    let done: Setup = ask(finish(&free.suggestions[0])).await.take().unwrap();
    assert_eq!(done.state, SetupState::Finished);
    assert_eq!(done.subdomain.as_deref(), Some(free.suggestions[0].as_str()));
}

async fn contact_center(world: &World) {
    let at_once = || ShowContactCenter::call(acme(), WatchQuery::default(), Nothing);
    let card: ContactCenter = world.ask(PAT, at_once()).await.take().unwrap();
    assert_eq!(card.voice.state, PartState::NotStarted);
    let body = SetUpContactCenter { country: Some("de".into()) };
    let begin = SetUpContactCenterCall::call(acme(), Nothing, body);
    let begun: ContactCenter = world.ask(FAY, begin).await.take().unwrap();
    assert!(begun.is_under_way() && begun.chat.state == PartState::UnderWay);
    assert_eq!(begun.country.unwrap().code(), "DE");
}

async fn welcome(world: &World) {
    let ask = async |call| {
        let answer = world.ask(PAT, call).await;
        answer.take::<Welcome>().unwrap()
    };
    let shown = ask(ShowWelcome::call(acme(), Nothing, Nothing)).await;
    assert_eq!((shown.state, shown.may_correct), (WelcomeState::Refused, true));
    let queued = ask(ResendWelcome::call(acme(), Nothing, Nothing)).await;
    assert_eq!(queued.state, WelcomeState::Queued);
    let body = CorrectWelcome { email: "Kim@acme.example".into() };
    let corrected = ask(CorrectWelcomeCall::call(acme(), Nothing, body)).await;
    assert_eq!(corrected.email.raw(), "kim@acme.example");
}

async fn accept(world: &World) {
    let code = || Secret::new("wel_contract");
    let look = LookAtWelcomeCall::call(Nothing, Nothing, LookAtWelcome { code: code() });
    let shown: WelcomeShown = world.ask("", look).await.take().unwrap();
    assert_eq!((shown.asks, shown.email.raw()), (WelcomeAsks::Password, "pia@meridian.example"));
    let body = AcceptWelcome {
        code: code(),
        password: Some(Secret::new("correct horse battery")),
        terms_sha256: shown.terms.sha256,
    };
    let accept = AcceptWelcomeCall::call(Nothing, Nothing, body.clone());
    let accepted: WelcomeAccepted = world.ask("", accept.clone()).await.take().unwrap();
    assert_eq!(accepted.setup, SetupState::Finished);
    let session = accepted.session.unwrap();
    let me = world.ask(session.token.expose(), ShowMe::call(Nothing, Nothing, Nothing)).await;
    assert!(me.get::<Me>().is_some_and(|me| me.email.raw() == "pia@meridian.example"));
    // The code answers its own repeat, and nothing else.
    let again = world.ask("", accept).await;
    assert!(again.get::<WelcomeAccepted>().is_some_and(|again| again.organization == "meridian"));
    let password = Some(Secret::new("another long password"));
    let other = AcceptWelcomeCall::call(Nothing, Nothing, AcceptWelcome { password, ..body });
    assert_eq!(world.refused("", other).await.code(), "code_used");
}

/// The binary with lines on its standard input.
async fn hublink(world: &World, token: &str, line: &[&str], input: &'static str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hublink"));
    command.env_clear().env("HOME", world.path("home")).env("HUBLINK_BACKEND", &world.url);
    command.args(line).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if !token.is_empty() {
        command.env("HUBLINK_TOKEN", token);
    }
    let run = move || {
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// What it ended with, and all that it said.
fn ended(output: &Output) -> (i32, String) {
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code().unwrap(), out + &String::from_utf8_lossy(&output.stderr))
}

/// Rules T4 to T7 from the command line: the code goes in by a pipe, and no secret comes out.
#[tokio::test(flavor = "multi_thread")]
async fn t4_to_t7_by_command_line() {
    let world = World::start().await;
    let accept = ["welcome", "accept", "--accept-terms", "--output", "json"];
    let asked = hublink(&world, "", &accept[..2], "wel_contract\n").await;
    assert_eq!(ended(&asked).0, 2, "nobody was asked to accept the terms");
    let short = hublink(&world, "", &accept, "wel_contract\nshort\n").await;
    assert_eq!(ended(&short).0, 2, "{:?}", ended(&short));
    let done = hublink(&world, "", &accept, "wel_contract\ncorrect horse battery\n").await;
    let (code, said) = ended(&done);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("pia@meridian.example") && said.contains("hublink contact-center show"));
    for secret in ["hls_", "wel_contract", "correct horse"] {
        assert!(!said.contains(secret), "I16: {said}");
    }
    let file = world.path("home").join(".config/hublink/credentials.toml");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let whoami = ended(&hublink(&world, "", &["whoami"], "").await);
    assert!(whoami.0 == 0 && whoami.1.contains("pia@meridian.example"), "{whoami:?}");
    let used = ended(&hublink(&world, "", &accept, "wel_contract\nanother password\n").await);
    assert!(used.0 == 3 && used.1.contains("was used"), "{used:?}");

    let org = ["--org", "acme"];
    let line = |words: &[&'static str]| [words, &org[..]].concat();
    let taken = line(&["setup", "finish", "--subdomain", "Meridian"]);
    let taken = ended(&hublink(&world, PAT, &taken, "").await);
    assert!(taken.0 == 6 && taken.1.contains("free: acmerobotics"), "{taken:?}");
    for (words, code, said) in [
        (&["subdomain", "check", "acme-x"][..], 3, "character 5"),
        (&["subdomain", "check", "acmerobotics"], 0, "available"),
        (&["subdomain", "suggest"], 0, "acmerobotics"),
        (&["setup", "finish", "--subdomain", "acmerobotics"], 0, "finished"),
        (&["setup", "show"], 0, "slow@acme.example"),
        (&["contact-center", "set-up", "--country", "DE"], 0, "Chat: waiting for the customer"),
        (&["contact-center", "set-up"], 3, "customer administrator"),
        (&["contact-center", "show"], 0, "under way"),
        (&["welcome", "resend"], 0, "queued"),
        (&["welcome", "correct", "--email", "zed@acme.example"], 0, "zed@acme.example"),
    ] {
        let told = ended(&hublink(&world, PAT, &line(words), "").await);
        assert!(told.0 == code && told.1.contains(said), "{words:?}: {told:?}");
    }
    let forbidden = ended(&hublink(&world, "dev-root", &line(&["setup", "show"]), "").await);
    assert!(forbidden.0 == 4 && forbidden.1.contains("full admin"), "{forbidden:?}");
}
