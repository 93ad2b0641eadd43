//! hublink's one binary.
//!
//! Owns the report of a panic: made safe for any terminal, without the environment and its
//! secrets. Everything else is [`hublink::cli`].

use std::process::ExitCode;

use color_eyre::config::{HookBuilder, Theme};

fn main() -> ExitCode {
    let hooks = HookBuilder::default().theme(Theme::new()).display_env_section(false);
    let (panics, _) = hooks.into_hooks();
    std::panic::set_hook(Box::new(move |info| {
        hublink::cli::panicked(&panics.panic_report(info).to_string());
    }));
    hublink::cli::run()
}
