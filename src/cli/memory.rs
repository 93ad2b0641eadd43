//! How the system's allocator keeps memory in a process that lives long and holds much.
//!
//! Owns beginning again, once and as the same process, with what the C library reads before anything
//! else. By itself it keeps a heap for each of many threads, and gives back of none what lies below
//! something small: with a million users that is half of the whole. Who has set any of this is left alone.

use std::env;
use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Two heaps, and what is large stands apart, to be given back at once.
const SETTINGS: [(&str, &str); 3] = [
    ("MALLOC_ARENA_MAX", "2"),
    ("MALLOC_MMAP_THRESHOLD_", "131072"),
    ("MALLOC_TRIM_THRESHOLD_", "131072"),
];
/// The C library's other way to be told.
const TUNABLES: &str = "GLIBC_TUNABLES";

/// Begins this process again under its own name, unless it was begun so. Goes on where that cannot be:
/// it is about memory alone.
pub fn settle() {
    let reads_them = cfg!(all(target_os = "linux", target_env = "gnu"));
    if !reads_them || is_set(env::vars_os().map(|(name, _)| name)) {
        return;
    }
    let (Ok(program), mut words) = (env::current_exe(), env::args_os()) else { return };
    let mut again = Command::new(program);
    if let Some(name) = words.next() {
        again.arg0(name);
    }
    // It only returns where it failed.
    let _ = again.args(words).envs(SETTINGS).exec();
}

fn is_set(names: impl Iterator<Item = impl AsRef<OsStr>>) -> bool {
    let mut names = names;
    names.any(|name| {
        let name = name.as_ref();
        name == TUNABLES || name.as_encoded_bytes().starts_with(b"MALLOC_")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_set_something_of_the_allocator_is_left_alone() {
        assert!(!is_set(["HOME", "PATH", "MALLOC"].iter()));
        assert!(is_set(["HOME", "MALLOC_ARENA_MAX"].iter()));
        assert!(is_set(["GLIBC_TUNABLES"].iter()));
        assert!(is_set(SETTINGS.iter().map(|(name, _)| name)), "once is enough");
    }
}
