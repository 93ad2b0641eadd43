//! Which layer wins.

use super::*;

const FILE: &str = r#"
    profile = "home"
    theme = "file"
    backend = "https://file.example"
    [keys]
    quit = ["q"]
    [profiles.home]
    backend = "https://home.example"
    [profiles.work]
    backend = "https://work.example"
    theme = "work"
    insecure = true
"#;

fn settings(
    file: &str,
    flags: Flags,
    environment: &[(&str, &str)],
) -> Result<Settings, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    let paths = Paths::under(dir.path());
    std::fs::create_dir_all(paths.config_file().parent().unwrap()).unwrap();
    std::fs::write(paths.config_file(), file).unwrap();
    let environment =
        environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings::load(flags, &environment, paths)
}

fn backend(flags: Flags, environment: &[(&str, &str)]) -> String {
    settings(FILE, flags, environment).unwrap().backend.unwrap()
}

#[test]
fn file_then_environment_then_flags() {
    let none = Flags::default;
    let flag = Flags { backend: Some("https://flag.example".into()), ..none() };
    let work = Flags { profile: Some("work".into()), ..none() };
    let variable = ("HUBLINK_BACKEND", "https://env.example");
    assert_eq!(backend(none(), &[]), "https://home.example");
    assert_eq!(backend(none(), &[("HUBLINK_PROFILE", "work")]), "https://work.example");
    assert_eq!(backend(none(), &[variable]), "https://env.example");
    assert_eq!(backend(none(), &[variable, ("HUBLINK_PROFILE", "work")]), "https://env.example");
    assert_eq!(backend(work.clone(), &[variable]), "https://work.example");
    assert_eq!(
        backend(Flags { profile: work.profile, ..flag }, &[variable]),
        "https://flag.example"
    );
}

#[test]
fn what_login_remembered_is_below_the_configuration_and_makes_a_profile_known() {
    let dir = tempfile::tempdir().unwrap();
    let paths = Paths::under(dir.path());
    let remembered = || Remembered::read(paths.backends_file()).unwrap();
    let none = Environment::from_iter([]);
    let load = |profile: Option<&str>, environment: &Environment| {
        let flags = Flags { profile: profile.map(str::to_owned), ..Flags::default() };
        Settings::load(flags, environment, paths.clone())
    };
    assert_eq!(load(None, &none).unwrap().usual, None);
    assert!(load(Some("new"), &none).is_err());
    remembered().remember(None, "https://kept.example").unwrap();
    remembered().remember(Some("new"), "https://new.example").unwrap();
    let usual = |url: &str, layer| Some(Usual { url: url.to_owned(), layer });
    let plain = load(None, &none).unwrap();
    assert_eq!(plain.usual, usual("https://kept.example", Layer::Remembered));
    assert_eq!(plain.backend.as_deref(), Some("https://kept.example"));
    let new = load(Some("new"), &none).unwrap();
    assert_eq!(new.usual, usual("https://new.example", Layer::Remembered));
    let variables = [("HUBLINK_BACKEND".to_owned(), "https://env.example".to_owned())];
    let variable = Environment::from_iter(variables);
    assert_eq!(
        load(None, &variable).unwrap().usual,
        usual("https://env.example", Layer::Environment)
    );
    // A profile named on the command line is a flag.
    assert_eq!(
        load(Some("new"), &variable).unwrap().usual,
        usual("https://new.example", Layer::Remembered)
    );
    std::fs::write(paths.config_file(), "backend = \"https://file.example\"").unwrap();
    assert_eq!(load(None, &none).unwrap().usual, usual("https://file.example", Layer::File));
}

#[test]
fn the_other_settings_come_from_their_layers_too() {
    let work = Flags { profile: Some("work".into()), ..Flags::default() };
    let got = settings(FILE, work, &[("HUBLINK_TOKEN", "t"), ("HUBLINK_LOG", "debug")]).unwrap();
    assert_eq!(got.theme.as_deref(), Some("work"));
    assert!(got.insecure);
    assert_eq!(got.token, Some(Secret::new("t")));
    assert_eq!(got.log.as_deref(), Some("debug"));
    assert_eq!(got.keys["quit"], ["q"]);
    assert!(!settings(FILE, Flags::default(), &[("HUBLINK_TOKEN", "")]).unwrap().insecure);
}

#[test]
fn ascii_is_the_flag_then_the_variable_then_the_file() {
    let flag = Flags { ascii: true, ..Flags::default() };
    let ascii =
        |file, flags: &Flags, variables| settings(file, flags.clone(), variables).unwrap().ascii;
    assert_eq!(ascii("", &Flags::default(), &[]), None);
    assert_eq!(ascii("ascii = false", &Flags::default(), &[]), Some(false));
    let variable = [("HUBLINK_ASCII", "yes")];
    assert_eq!(ascii("ascii = false", &Flags::default(), &variable), Some(true));
    assert_eq!(ascii("ascii = false", &flag, &[("HUBLINK_ASCII", "no")]), Some(true));
}

#[test]
fn nothing_set_is_nothing_guessed() {
    let dir = tempfile::tempdir().unwrap();
    let got = Settings::load(Flags::default(), &Environment::default(), Paths::under(dir.path()))
        .unwrap();
    assert_eq!(got.backend, None);
    assert_eq!(got.token, None);
    assert!(!got.insecure);
}

#[test]
fn an_unknown_profile_names_those_there_are() {
    let flags = Flags { profile: Some("wrok".into()), ..Flags::default() };
    let error = settings(FILE, flags, &[]).unwrap_err().to_string();
    assert!(error.contains("wrok") && error.contains("home, work"), "{error}");
    assert!(settings(FILE, Flags::default(), &[("HUBLINK_INSECURE", "maybe")]).is_err());
}

#[test]
fn mouse_clipboard_and_links_are_the_flag_then_the_variable_then_the_file() {
    let said = |file, flags: &Flags, variables| settings(file, flags.clone(), variables).unwrap();
    let none = said("", &Flags::default(), &[]);
    assert_eq!(
        (none.mouse, none.mouse_here, none.clipboard, none.links),
        (None, false, None, None)
    );
    let file = "mouse = true\nclipboard = false\nlinks = true";
    let filed = said(file, &Flags::default(), &[]);
    assert_eq!((filed.mouse, filed.mouse_here), (None, true), "the file speaks of this machine");
    assert_eq!((filed.clipboard, filed.links), (Some(false), Some(true)));
    let variables =
        [("HUBLINK_MOUSE", "no"), ("HUBLINK_CLIPBOARD", "yes"), ("HUBLINK_LINKS", "no")];
    let varied = said(file, &Flags::default(), &variables);
    assert_eq!(
        (varied.mouse, varied.clipboard, varied.links),
        (Some(false), Some(true), Some(false))
    );
    let flags = Flags { mouse: true, no_clipboard: true, no_links: true, ..Flags::default() };
    let flagged = said(file, &flags, &variables);
    assert_eq!(
        (flagged.mouse, flagged.clipboard, flagged.links),
        (Some(true), Some(false), Some(false))
    );
    assert!(settings("", Flags::default(), &[("HUBLINK_MOUSE", "maybe")]).is_err());
}
