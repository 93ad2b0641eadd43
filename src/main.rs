//! hublink's one binary.
//!
//! Owns the report of a panic: made safe for any terminal, without the environment and its
//! secrets. Everything else is [`hublink::cli`].

use std::io::Write as _;
use std::process::ExitCode;

use color_eyre::config::{HookBuilder, Theme};
use hublink::domain::untrusted::Untrusted;

fn main() -> ExitCode {
    let hooks = HookBuilder::default().theme(Theme::new()).display_env_section(false);
    let (panics, _) = hooks.into_hooks();
    std::panic::set_hook(Box::new(move |info| {
        let mut stderr = std::io::stderr();
        for line in panics.panic_report(info).to_string().lines() {
            // With standard error gone there is nobody to tell.
            let _ = writeln!(stderr, "{}", Untrusted::new(line).shown());
        }
    }));
    hublink::cli::run()
}
