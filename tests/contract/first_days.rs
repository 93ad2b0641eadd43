//! The requests of a customer's first days: setup, subdomain, Contact Center, welcome.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

use hublink::api::call::{AccountCall, Reply, Request, SetupCall, WelcomeCall};
use hublink::api::contact_center::SetUpContactCenter;
use hublink::api::run::WatchQuery;
use hublink::api::session::Secret;
use hublink::api::setup::{Availability, FinishSetup, SubdomainQuery, SuggestQuery};
use hublink::api::welcome::{AcceptWelcome, CorrectWelcome, LookAtWelcome, WelcomeAsks};
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
    let ask = |call| world.ask(PAT, Request::Setup(call));
    let check = |name: &str| SetupCall::Check(acme(), SubdomainQuery { name: name.into() });
    let Reply::Setup(pending) = ask(SetupCall::Show(acme())).await else { panic!() };
    assert_eq!((pending.state, pending.suggestions.len()), (SetupState::Pending, 3));
    let Reply::SubdomainCheck(taken) = ask(check("Meridian")).await else { panic!() };
    assert_eq!((taken.availability, taken.suggestions.len()), (Availability::Taken, 3));
    let Reply::SubdomainCheck(invalid) = ask(check("a b & ü?")).await else { panic!() };
    assert_eq!((invalid.availability, invalid.asked.raw()), (Availability::Invalid, "a b & ü?"));
    let Reply::Suggestions(free) = ask(SetupCall::Suggest(acme(), SuggestQuery::default())).await
    else {
        panic!()
    };
    let finish = |name: &str| SetupCall::Finish(acme(), FinishSetup { subdomain: name.into() });
    let refused = world.refused(PAT, Request::Setup(finish("meridian"))).await;
    assert_eq!(refused.code(), "subdomain_taken");
    let Reply::Setup(done) = ask(finish(&free.suggestions[0])).await else { panic!() };
    assert_eq!(done.state, SetupState::Finished);
    assert_eq!(done.subdomain.as_deref(), Some(free.suggestions[0].as_str()));
}

async fn contact_center(world: &World) {
    let at_once = || SetupCall::ContactCenter(acme(), WatchQuery::default());
    let Reply::ContactCenter(card) = world.ask(PAT, Request::Setup(at_once())).await else {
        panic!()
    };
    assert_eq!(card.voice.state, PartState::NotStarted);
    let body = SetUpContactCenter { country: Some("de".into()) };
    let begin = SetupCall::SetUpContactCenter(acme(), body);
    let Reply::ContactCenter(begun) = world.ask(FAY, Request::Setup(begin)).await else { panic!() };
    assert!(begun.is_under_way() && begun.chat.state == PartState::UnderWay);
    assert_eq!(begun.country.unwrap().code(), "DE");
}

async fn welcome(world: &World) {
    let ask = async |call| match world.ask(PAT, Request::Welcome(call)).await {
        Reply::Welcome(welcome) => *welcome,
        other => panic!("{other:?}"),
    };
    let shown = ask(WelcomeCall::Show(acme())).await;
    assert_eq!((shown.state, shown.may_correct), (WelcomeState::Refused, true));
    let queued = ask(WelcomeCall::Resend(acme())).await;
    assert_eq!(queued.state, WelcomeState::Queued);
    let body = CorrectWelcome { email: "Kim@acme.example".into() };
    let corrected = ask(WelcomeCall::Correct(acme(), body)).await;
    assert_eq!(corrected.email.raw(), "kim@acme.example");
}

async fn accept(world: &World) {
    let code = || Secret::new("wel_contract");
    let look = WelcomeCall::Look(LookAtWelcome { code: code() });
    let Reply::WelcomeShown(shown) = world.ask("", Request::Welcome(look)).await else { panic!() };
    assert_eq!((shown.asks, shown.email.raw()), (WelcomeAsks::Password, "pia@meridian.example"));
    let body = AcceptWelcome {
        code: code(),
        password: Some(Secret::new("correct horse battery")),
        terms_sha256: shown.terms.sha256,
    };
    let accept = WelcomeCall::Accept(body.clone());
    let Reply::WelcomeAccepted(accepted) = world.ask("", Request::Welcome(accept.clone())).await
    else {
        panic!()
    };
    assert_eq!(accepted.setup, SetupState::Finished);
    let session = accepted.session.unwrap();
    let me = world.ask(session.token.expose(), Request::Account(AccountCall::Me)).await;
    assert!(matches!(me, Reply::Me(me) if me.email.raw() == "pia@meridian.example"));
    // The code answers its own repeat, and nothing else.
    let again = world.ask("", Request::Welcome(accept)).await;
    assert!(matches!(again, Reply::WelcomeAccepted(again) if again.organization == "meridian"));
    let password = Some(Secret::new("another long password"));
    let other = WelcomeCall::Accept(AcceptWelcome { password, ..body });
    assert_eq!(world.refused("", Request::Welcome(other)).await.code(), "code_used");
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
