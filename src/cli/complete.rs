//! What fits at the cursor of a shell: commands and flags, and the live names of what there is.
//!
//! Owns answering the scripts that `hublink completions` prints. It is asked at every Tab: names come
//! from the backend within a short time or not at all, and nothing is ever told beside them. A name
//! that a terminal could be steered with is left out.

use std::ffi::OsStr;
use std::time::Duration;

use clap::{Arg, Command, CommandFactory as _};
use clap_complete::Shell;
use clap_complete::engine::{
    ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter as _,
};
use clap_complete::env::Shells;

use super::Cli;
use super::exit::Failure;
use super::output::target;
use super::spelling;
use super::standard::StandardOutput;
use super::topics::TOPICS;
use crate::api::access::{ListSessions, Session};
use crate::api::audit::{AuditEntry, AuditQuery, ListAudit};
use crate::api::call::Request;
use crate::api::cohort::{Cohort, ListCohorts};
use crate::api::domains::{ListDomains, OrgDomain};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::order::{ListOrders, Order};
use crate::api::organization::{ListOrganizations, Organization};
use crate::api::page::{Page, PageQuery};
use crate::api::person::{ListMyTokens, ListPeople, Person, Token};
use crate::api::run::{ListRuns, Run, RunsQuery};
use crate::api::site::{ListSites, Site};
use crate::client::endpoint::Endpoint;
use crate::client::{Client, Options};
use crate::config::environment::Environment;
use crate::config::paths::Paths;
use crate::config::{Flags, Settings};
use crate::demo::tour::shelf;
use crate::domain::untrusted::Untrusted;

/// The variable by which a script asks; its value is the shell.
const ASKS: &str = "HUBLINK_COMPLETE";
/// How long a Tab may wait for names.
const PATIENCE: Duration = Duration::from_millis(800);
/// What the record says of a plan.
const PLAN_MADE: &str = "plan.made";
const PLAN_APPLIED: &str = "plan.applied";
/// What stands between the words for bash.
const BASH_PARTS: u8 = 0x0b;
/// The longest word that is told beside a name.
const BESIDE: usize = 40;

/// What has a name that the backend knows.
#[derive(Clone, Copy)]
enum Kind {
    Site,
    Organization,
    Person,
    Run,
    Order,
    Cohort,
    Domain,
    Token,
    Session,
    Plan,
}

/// What fits an argument.
#[derive(Clone, Copy)]
enum Fits {
    /// Names that the backend knows.
    Live(Kind),
    /// Formats, and files.
    Output,
    /// Topics.
    Topic,
    /// Topics, or the words of a command.
    Help,
    /// Tours.
    Tour,
}

/// The kinds, by the name of an argument's value.
const KINDS: &[(&str, Fits)] = &[
    ("SITE-URL", Fits::Live(Kind::Site)),
    ("ORG", Fits::Live(Kind::Organization)),
    ("PERSON", Fits::Live(Kind::Person)),
    ("RUN", Fits::Live(Kind::Run)),
    ("ORDER", Fits::Live(Kind::Order)),
    ("COHORT", Fits::Live(Kind::Cohort)),
    ("DOMAIN", Fits::Live(Kind::Domain)),
    ("TOKEN", Fits::Live(Kind::Token)),
    ("SESSION", Fits::Live(Kind::Session)),
    ("PLAN", Fits::Live(Kind::Plan)),
    ("FORMAT|FILE", Fits::Output),
    ("TOPIC", Fits::Topic),
    ("WORDS", Fits::Help),
    ("TOUR", Fits::Tour),
];

/// Answers a script, where one asks; whether one did.
pub fn asked() -> bool {
    let Some(shell) = std::env::var_os(ASKS).filter(|name| !name.is_empty()) else { return false };
    let mut words: Vec<_> = std::env::args_os().collect();
    let behind = words.iter().position(|word| word == "--").map_or(words.len(), |at| at + 1);
    words.drain(..behind);
    let shells = Shells::builtins();
    let Some(shell) = shell.to_str().and_then(|name| shells.completer(name)) else { return false };
    let flags: Vec<String> =
        words.iter().filter_map(|word| flag(&word.to_string_lossy())).collect();
    let mut command = live(Cli::command(), &flags);
    command.build();
    let mut answer = Vec::new();
    let here = std::env::current_dir().ok();
    // A shell that gets no answer completes nothing, which is all there is to say.
    if shell.write_complete(&mut command, words, here.as_deref(), &mut answer).is_ok() {
        let _ = StandardOutput::of_process().data(&without_flags(&answer));
    }
    true
}

/// The answer without flags where there is anything else: they are asked for by a dash.
fn without_flags(answer: &[u8]) -> Vec<u8> {
    // bash says by what its words are parted; every other shell takes a line for each.
    let parts = if answer.contains(&BASH_PARTS) { BASH_PARTS } else { b'\n' };
    let words = answer.split(|byte| *byte == parts).filter(|word| !word.is_empty());
    let (flags, others): (Vec<_>, Vec<_>) = words.partition(|word| word.starts_with(b"-"));
    if flags.is_empty() || others.is_empty() {
        return answer.to_vec();
    }
    others.join(&parts)
}

/// The script of a shell.
///
/// # Errors
/// That there is none.
pub fn script(shell: Shell) -> Result<Vec<u8>, Failure> {
    let shells = Shells::builtins();
    let mut script = Vec::new();
    let written = shells.completer(&shell.to_string()).is_some_and(|shell| {
        shell.write_registration(ASKS, "hublink", "hublink", "hublink", &mut script).is_ok()
    });
    if written {
        Ok(script)
    } else {
        Err(Failure::failed(format!("there is no script for {shell}")))
    }
}

/// The name of a flag, where a word is one.
fn flag(word: &str) -> Option<String> {
    let name = word.strip_prefix("--")?.split('=').next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// The command with live names for its values; what it names by a flag that is not given may stand first.
fn live(command: Command, given: &[String]) -> Command {
    let leaf = !command.has_subcommands();
    let command = if leaf { spelling::placed(command, given) } else { command };
    let command = command.mut_args(|arg| match kind_of(&arg) {
        Some(fits) => arg.add(ArgValueCompleter::new(move |typed: &OsStr| match fits {
            Fits::Live(kind) => fitting(kind, typed),
            fits => known(fits, typed),
        })),
        None => arg,
    });
    command.mut_subcommands(|sub| live(sub, given))
}

fn kind_of(arg: &Arg) -> Option<Fits> {
    let name = arg.get_value_names()?.first()?;
    KINDS.iter().find(|(known, _)| *known == name.as_str()).map(|(_, kind)| *kind)
}

/// What there is without asking anybody.
fn known(fits: Fits, typed: &OsStr) -> Vec<CompletionCandidate> {
    let topics = || TOPICS.iter().map(|topic| topic.name.to_owned());
    let (names, files): (Vec<String>, Vec<_>) = match fits {
        Fits::Output => {
            (target::names().map(str::to_owned).collect(), PathCompleter::any().complete(typed))
        }
        Fits::Topic => (topics().collect(), Vec::new()),
        Fits::Tour => (shelf::names().map(str::to_owned).collect(), Vec::new()),
        Fits::Help | Fits::Live(_) => {
            let words: Vec<String> =
                std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
            let mut command = Cli::command();
            command.build();
            let behind = words.iter().rposition(|word| word == "help").map_or(0, |at| at + 1);
            let (mut at, mut deep) = (&command, false);
            for word in words.iter().skip(behind) {
                let Some(sub) = at.find_subcommand(word) else { break };
                (at, deep) = (sub, true);
            }
            let subs = at.get_subcommands().map(|sub| sub.get_name().to_owned());
            (if deep { subs.collect() } else { topics().chain(subs).collect() }, Vec::new())
        }
    };
    let typed = typed.to_string_lossy();
    let fits = names.into_iter().filter(|name| name.starts_with(&*typed));
    fits.map(CompletionCandidate::new).chain(files).collect()
}

/// The names that begin as typed; none where they cannot be had at once.
fn fitting(kind: Kind, typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Vec::new() };
    let words: Vec<String> =
        std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let named = async { tokio::time::timeout(PATIENCE, names(kind, &words)).await };
    let all = runtime.block_on(named).ok().flatten().unwrap_or_default();
    runtime.shutdown_background();
    let fits = all.into_iter().filter(|(name, _)| name.raw().starts_with(typed));
    fits.filter(|(name, _)| is_safe(name))
        .map(|(name, beside)| {
            let beside = beside.shown_in(BESIDE).to_string();
            let help = (!beside.is_empty()).then(|| beside.into());
            CompletionCandidate::new(name.raw()).help(help)
        })
        .collect()
}

/// Whether a name can go to a shell as it is: shells put it into the line without quotes, and the next
/// Enter would carry out what stands in it.
fn is_safe(name: &Untrusted) -> bool {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '@' | ':' | '/' | '+' | '-');
    !name.is_empty()
        && !name.raw().starts_with('-')
        && name.raw().chars().all(plain)
        && !name.is_suspicious()
        && name.shown().as_str() == name.raw()
}

type Named = (Untrusted, Untrusted);

/// The first page of what there is, with a word beside each.
async fn names(kind: Kind, words: &[String]) -> Option<Vec<Named>> {
    let client = client(words)?;
    let first = PageQuery::at(None);
    match kind {
        Kind::Site => {
            let request = ListSites::call(Nothing, first, Nothing);
            listed(&client, request, |one: Site| (one.url, one.company)).await
        }
        Kind::Organization => {
            let request = ListOrganizations::call(Nothing, first, Nothing);
            listed(&client, request, |one: Organization| (one.id.into(), one.name)).await
        }
        Kind::Person => {
            let request = ListPeople::call(Nothing, first, Nothing);
            listed(&client, request, |one: Person| (one.email, one.name)).await
        }
        Kind::Plan => {
            let request = ListAudit::call(Nothing, AuditQuery::default(), Nothing);
            let page: Page<AuditEntry> = client.ask(&request).await.ok()?;
            Some(plans(page.items, words.iter().any(|word| word == "show")))
        }
        Kind::Run => {
            let request = ListRuns::call(Nothing, RunsQuery::default(), Nothing);
            listed(&client, request, |one: Run| (one.id.into(), one.state.code().into())).await
        }
        Kind::Token => {
            let request = ListMyTokens::call(Nothing, first, Nothing);
            listed(&client, request, |one: Token| (one.id.into(), one.note)).await
        }
        Kind::Session => {
            let request = ListSessions::call(Nothing, first, Nothing);
            let beside = |in_use| if in_use { "in use" } else { "" };
            listed(&client, request, |one: Session| (one.id.into(), beside(one.in_use).into()))
                .await
        }
        Kind::Domain => {
            let request = ListDomains::call(org_of(words)?, first, Nothing);
            listed(&client, request, |one: OrgDomain| (one.name, one.state.code().into())).await
        }
        Kind::Order => {
            let request = ListOrders::call(Nothing, first, Nothing);
            listed(&client, request, |one: Order| (one.number.into(), one.company)).await
        }
        Kind::Cohort => {
            let request = ListCohorts::call(site_of(words)?, first, Nothing);
            let named = |one: Cohort| (one.name, format!("{} users", one.users).into());
            listed(&client, request, named).await
        }
    }
}

/// The plans that the record tells of, the newest first: those that were applied can only be shown.
fn plans(record: Vec<AuditEntry>, applied_too: bool) -> Vec<Named> {
    let is = |entry: &AuditEntry, what| entry.action == what;
    let applied: Vec<String> = record
        .iter()
        .filter(|entry| is(entry, PLAN_APPLIED))
        .map(|entry| entry.subject.raw().to_owned())
        .collect();
    let made = record.into_iter().filter(|entry| is(entry, PLAN_MADE));
    let told = made.filter_map(|entry| {
        let done = applied.iter().any(|plan| plan == entry.subject.raw());
        let site = entry.site.as_ref().map(|site| site.raw().to_owned()).unwrap_or_default();
        let beside = if done { format!("{site}, applied") } else { site };
        (applied_too || !done).then(|| (entry.subject, beside.into()))
    });
    told.collect()
}

/// The first page of a list.
async fn listed<T: Clone + 'static>(
    client: &Client,
    request: Request,
    named: impl Fn(T) -> Named,
) -> Option<Vec<Named>> {
    let page: Page<T> = client.ask(&request).await.ok()?;
    Some(page.items.into_iter().map(named).collect())
}

/// The client of the line that is being typed, as its command would have it.
fn client(words: &[String]) -> Option<Client> {
    let flags = Flags {
        backend: value_of(words, "--backend"),
        profile: value_of(words, "--profile"),
        ..Flags::default()
    };
    let settings =
        Settings::load(flags, &Environment::of_process(), Paths::of_user().ok()?).ok()?;
    let endpoint = Endpoint::parse(settings.backend.as_deref()?, settings.insecure).ok()?;
    let options = Options { proxy: settings.proxy.clone(), ..Options::default() };
    let client = Client::new(endpoint, &options).ok()?;
    if settings.token.is_some() {
        return client.with_token(settings.token.as_ref()).ok();
    }
    let stored = settings.credentials().get(client.endpoint().as_str()).ok()??;
    client.with_token(Some(&stored.token)).ok()
}

fn value_of(words: &[String], flag: &str) -> Option<String> {
    words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix(flag)? {
        "" => words.get(at + 1).cloned(),
        rest => rest.strip_prefix('=').map(str::to_owned),
    })
}

fn org_of(words: &[String]) -> Option<String> {
    named(words, "--org")
}

fn site_of(words: &[String]) -> Option<String> {
    named(words, "--site")
}

/// What a flag names; or the argument that stands behind the command in its place.
fn named(words: &[String], flag: &str) -> Option<String> {
    if let Some(value) = value_of(words, flag) {
        return Some(value).filter(|value| !value.is_empty());
    }
    let line = words.iter().skip_while(|word| *word != "--").skip(2);
    let command = Cli::command();
    let mut at = Some(&command);
    let behind = line.skip_while(|word| {
        at = at.and_then(|command| command.find_subcommand(word));
        at.is_some()
    });
    let mut named = behind.filter(|word| !word.starts_with('-') && !word.is_empty());
    named.next().cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_live_name_is_known_by_its_value() {
        fn count(command: &Command) -> usize {
            let own = command.get_arguments().filter(|arg| kind_of(arg).is_some()).count();
            own + command.get_subcommands().map(count).sum::<usize>()
        }
        assert!(count(&Cli::command()) > 60, "{}", count(&Cli::command()));
        live(Cli::command(), &[]).debug_assert();
    }

    #[test]
    fn i12_a_name_that_could_steer_a_terminal_is_left_out() {
        for name in ["a\u{1b}[2J.example", "a\u{202e}b", "", "a\nb", "$(x)\u{7f}"] {
            assert!(!is_safe(&Untrusted::new(name)), "{name:?}");
        }
        assert!(is_safe(&Untrusted::new("acme.webex.example")));
    }

    #[test]
    fn i12_a_name_that_a_shell_would_carry_out_is_left_out() {
        for c in "$`;|&<>(){}[]*?!#~'\"\\ \t=%^,".chars() {
            for name in [format!("wave{c}x"), format!("{c}wave"), format!("wave{c}")] {
                assert!(!is_safe(&Untrusted::new(&*name)), "{name:?}");
            }
        }
        for name in ["wa`/tmp/s`@evil.example", "wave2$(touch${IFS}/tmp/x)", "--yes", "-o"] {
            assert!(!is_safe(&Untrusted::new(name)), "{name:?}");
        }
        for name in ["fay+poc@acme.example", "run_5f2a", "Zürich", "wave-2"] {
            assert!(is_safe(&Untrusted::new(name)), "{name:?}");
        }
    }

    #[test]
    fn flags_are_offered_where_there_is_nothing_else_or_a_dash_was_typed() {
        assert_eq!(without_flags(b"acme\x0b--wide\x0b--help"), b"acme");
        assert_eq!(
            without_flags(b"acme:A name\nbeta:Another\n--wide:All"),
            b"acme:A name\nbeta:Another"
        );
        assert_eq!(without_flags(b"--wide\x0b--help"), b"--wide\x0b--help");
        assert_eq!(without_flags(b""), b"");
    }

    #[test]
    fn the_line_that_is_typed_names_its_backend() {
        let words = ["--backend=https://a.example", "--site", "x.example"].map(str::to_owned);
        assert_eq!(value_of(&words, "--backend").as_deref(), Some("https://a.example"));
        assert_eq!(site_of(&words).as_deref(), Some("x.example"));
        assert_eq!(value_of(&words, "--profile"), None);
    }
}
