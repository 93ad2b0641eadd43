//! What a person types at a terminal: secrets without echo, numbers that confirm, keys that take
//! over.

use std::path::PathBuf;

use hublink::api::endpoint::{Endpoint as _, Nothing};
use hublink::api::page::Page;
use hublink::api::plan::{Held, MakePlan, NewPlan, Plan, Selection};
use hublink::api::run::{ListRuns, Run, RunsQuery};
use rustix::termios::{LocalModes, tcgetattr};

use crate::terminal::{PATIENCE, Start, Terminal};
use crate::world::{FAY, SITE, World};

/// Runs a conversation with the binary off the async threads.
async fn at_terminal<T: Send + 'static>(
    url: &str,
    line: &'static [&'static str],
    extra: Vec<String>,
    talk: impl FnOnce(&Terminal) -> T + Send + 'static,
) -> T {
    let url = url.to_owned();
    let talked = tokio::task::spawn_blocking(move || {
        let args: Vec<&str> =
            line.iter().copied().chain(extra.iter().map(String::as_str)).collect();
        let env = [("HUBLINK_BACKEND", url.as_str()), ("HUBLINK_TOKEN", FAY)];
        // Signing in is for who has no token.
        let signs_in = matches!(line.first(), None | Some(&"login"));
        let env = if signs_in { &env[..1] } else { &env[..] };
        let terminal = Terminal::start(&Start { env, ..Start::hublink(&args) });
        talk(&terminal)
    });
    talked.await.unwrap()
}

fn exit(terminal: &Terminal) -> u32 {
    terminal.wait_exit(PATIENCE).exit_code()
}

#[tokio::test(flavor = "multi_thread")]
async fn i16_a_typed_token_is_never_shown() {
    let world = World::start().await;
    at_terminal(&world.url, &["login"], Vec::new(), |terminal| {
        terminal.wait_for("Token");
        terminal.send("dev-fay\r");
        terminal.wait_for("Signed in");
        assert_eq!(exit(terminal), 0);
        let shown = String::from_utf8(terminal.bytes()).unwrap();
        assert!(!shown.contains("dev-fay"), "{shown}");
        assert!(terminal.home().join(".config/hublink/credentials.toml").exists());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_who_signs_in_within_the_wizard_stays_signed_in() {
    let world = World::start().await;
    at_terminal(&world.url, &[], Vec::new(), |terminal| {
        terminal.wait_for("Token");
        terminal.send("dev-fay\r");
        terminal.wait_for("ORGANIZATIONS");
        terminal.send("q");
        assert_eq!(exit(terminal), 0);
        let shown = String::from_utf8_lossy(&terminal.bytes()).into_owned();
        assert!(!shown.contains("dev-fay"), "{shown}");
        let kept = terminal.home().join(".config/hublink/credentials.toml");
        let kept = std::fs::read_to_string(kept).unwrap();
        assert!(kept.contains("fay@acme.example") && !kept.contains("dev-fay"), "{kept}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_question_gives_the_echo_back() {
    let world = World::start().await;
    at_terminal(&world.url, &["login"], Vec::new(), |terminal| {
        terminal.wait_for("Token");
        // Opened for each look: who holds the terminal open keeps it from ending.
        let echoes = || {
            let line = std::fs::File::open(terminal.tty()).unwrap();
            tcgetattr(&line).unwrap().local_modes.contains(LocalModes::ECHO)
        };
        assert!(!echoes());
        terminal.send("\x03");
        assert_eq!(exit(terminal), 130);
        assert!(echoes());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn u5_the_number_of_people_is_typed_before_anything_is_sent() {
    let world = World::start().await;
    let body = NewPlan { selection: Selection::All {}, held: Held::Hold };
    let plan = MakePlan::call(SITE.into(), Nothing, body);
    let plan: Plan = world.ask(FAY, plan).await.take().unwrap();
    for (typed, want) in [("6\r", 1), ("7\r", 0)] {
        let id = vec![plan.id.clone()];
        at_terminal(&world.url, &["invite", "apply"], id, move |terminal| {
            terminal.wait_for("Type how many are selected (7)");
            terminal.send(typed);
            assert_eq!(exit(terminal), want, "{}", terminal.text());
        })
        .await;
        let runs = world.ask(FAY, ListRuns::call(Nothing, RunsQuery::default(), Nothing)).await;
        let runs: Page<Run> = runs.take().unwrap();
        assert_eq!(runs.items.len(), usize::from(want == 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tour_ends_with_the_first_key_of_a_human() {
    let folder = tempfile::tempdir().unwrap();
    let tour: PathBuf = folder.path().join("tour.toml");
    let text = "title = \"Waits\"\n[[step]]\nwait = [\"acme.webex.example\"]\ncaption = \"Look here.\"\n\
                [[step]]\nwait = [\"what never comes\"]\n";
    std::fs::write(&tour, text).unwrap();
    let extra = vec![tour.to_str().unwrap().to_owned()];
    at_terminal("", &["demo", "--users", "300", "--play"], extra, |terminal| {
        terminal.wait_for("Look here.");
        terminal.send("?");
        terminal.wait_until("no caption", |screen| !screen.contains("Look here."));
        terminal.send("\x03");
        assert_eq!(exit(terminal), 130);
    })
    .await;
}
