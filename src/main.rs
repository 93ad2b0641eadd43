//! hublink's one binary.

fn main() {}
