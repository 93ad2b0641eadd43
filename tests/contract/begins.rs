//! How one begins: the backend that `login` remembers, and what is said where a piece is wrong.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use crate::binary::{code, command, told};
use crate::world::World;

/// A command in a home without a backend in its environment, with this on standard input.
async fn at(home: &Path, line: &[&str], typed: &'static str) -> Output {
    use std::io::Write as _;
    let mut command = command("", home);
    command.args(line).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let ended = tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().unwrap();
        // Who asks for nothing may have ended already.
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        child.wait_with_output().unwrap()
    });
    ended.await.unwrap()
}

async fn ends(home: &Path, line: &[&str], typed: &'static str, want: i32) -> String {
    let output = at(home, line, typed).await;
    assert_eq!(code(&output), want, "{line:?}: {}", told(&output));
    told(&output)
}

fn config(home: &Path, text: &str) -> PathBuf {
    let folder = home.join(".config/hublink");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn login_remembers_the_backend_and_logout_forgets_it() {
    let world = World::start().await;
    let home = world.path("bare");
    let first = ends(&home, &["whoami"], "", 2).await;
    for way in ["hublink login --backend URL", "hublink serve", "hublink demo"] {
        assert!(first.contains(way), "{first}");
    }
    let login = ["login", "--backend", &world.url];
    let said = ends(&home, &login, "dev-fay\n", 0).await;
    assert!(said.contains(&format!("`hublink` uses {} from now on.", world.url)), "{said}");
    ends(&home, &["whoami"], "", 0).await;
    let again = ends(&home, &login, "dev-fay\n", 0).await;
    assert!(!again.contains("from now on"), "it does already: {again}");
    let said = ends(&home, &["logout"], "", 0).await;
    assert!(said.contains(&format!("hublink login --backend {}", world.url)), "{said}");
    ends(&home, &["whoami"], "", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_login_names_is_known_from_then_on() {
    let world = World::start().await;
    let home = world.path("bare");
    ends(&home, &["whoami", "--profile", "work"], "", 2).await;
    let login = ["login", "--profile", "work", "--backend", &world.url];
    let said = ends(&home, &login, "dev-fay\n", 0).await;
    assert!(said.contains("The profile work uses "), "{said}");
    ends(&home, &["whoami"], "", 2).await;
    ends(&home, &["whoami", "--profile", "work"], "", 0).await;
    ends(&home, &["logout", "--profile", "work"], "", 0).await;
    ends(&home, &["whoami", "--profile", "work"], "", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_configured_goes_before_what_login_remembers_and_login_says_so() {
    let world = World::start().await;
    let home = world.path("bare");
    let folder = config(&home, "backend = \"http://127.0.0.1:9\"\n");
    let said = ends(&home, &["login", "--backend", &world.url], "dev-fay\n", 0).await;
    assert!(said.contains("http://127.0.0.1:9 is used still"), "{said}");
    assert!(said.contains("config.toml says so"), "{said}");
    assert!(!folder.join("backends.toml").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_piece_says_what_to_do() {
    let world = World::start().await;
    let home = world.path("bare");
    let nobody = ["login", "--backend", "http://127.0.0.1:9"];
    let said = ends(&home, &nobody, "dev-fay\n", 5).await;
    for words in ["Nobody was signed in. Check the URL;", "hublink serve"] {
        assert!(said.contains(words), "{said}");
    }
    let said = ends(&home, &["login", "--backend", &world.url], "\n", 2).await;
    for words in ["there is no token", "hublink serve", "hublink token create --person"] {
        assert!(said.contains(words), "{said}");
    }
    let said = ends(&home, &["login", "--backend", &world.url], "wrong\n", 4).await;
    assert!(said.contains("hublink token create") || said.contains("token"), "{said}");
    let taken = world.url.strip_prefix("http://").unwrap();
    let database = format!("sqlite:{}", world.path("here.db").display());
    let serve = ["serve", "--database", &database, "--listen", taken];
    let output = at(&home, &serve, "").await;
    assert_eq!(code(&output), 1, "{}", told(&output));
    for words in ["something listens there already", "--listen 127.0.0.1:7071"] {
        assert!(told(&output).contains(words), "{}", told(&output));
    }
    assert!(output.stdout.is_empty(), "no token is shown by what does not serve");
}

#[cfg(target_os = "linux")]
#[test]
fn issue_10_what_runs_for_long_has_two_heaps_and_is_still_the_process_that_was_begun() {
    let folder = tempfile::tempdir().unwrap();
    let served = crate::served::Served::start(folder.path(), &[]);
    assert!(served.environment().contains("MALLOC_ARENA_MAX=2"), "{}", served.environment());
    assert!(!served.first_token().is_empty(), "begun again, it is begun once");
}
