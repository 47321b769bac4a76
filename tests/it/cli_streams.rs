//! Streams and exit codes.

use crate::desk::Desk;

#[test]
fn found_is_0_and_nothing_found_is_1() {
    let desk = Desk::indexed();
    let said = desk.run(&["search", "nissan"]);
    assert_eq!(said.code, 0);
    assert!(
        said.out.contains("Carmaker to build new model"),
        "{}",
        said.out
    );
    let said = desk.run(&["search", "zeppelin"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("nothing matched"));
    assert_eq!(desk.run(&["show", "no-such-id"]).code, 1);
}

#[test]
fn results_alone_are_on_standard_output() {
    let desk = Desk::indexed();
    let said = desk.run(&["search", "bank", "--format", "ids"]);
    assert!(
        said.out
            .lines()
            .all(|line| line.starts_with("https://news.example/rates"))
    );
    let quiet = desk.run(&["search", "bank", "--quiet"]);
    assert!(
        !quiet.out.is_empty() && quiet.err.is_empty(),
        "{}",
        quiet.err
    );
}

#[test]
fn one_command_answers_from_a_plain_folder() {
    let desk = Desk::new();
    let said = desk.run(&["search", "--in", "news", "Oder"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("Hochwasser an der"), "{}", said.out);
    assert!(desk.path().join("news/.dateline/.gitignore").exists());
    std::fs::remove_file(desk.path().join("news/hochwasser.md")).expect("removed");
    let said = desk.run(&["search", "--in", "news", "Hochwasser"]);
    assert_eq!(said.code, 1, "what is gone is pruned: {}", said.out);
}

#[test]
fn a_closed_pipe_is_a_quiet_0() {
    let desk = Desk::indexed();
    let mut topics = String::new();
    for at in 0..3000 {
        topics.push_str(&format!("q{at}\tbank rates {at}\n"));
    }
    desk.write("topics.tsv", topics);
    let (code, err) = desk.cut_off(&["batch", "topics.tsv", "--quiet"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let (code, err) = desk.cut_off(&["--help"]);
    assert_eq!((code, err.as_str()), (0, ""));
}

#[test]
fn colour_is_for_terminals_or_on_demand() {
    let desk = Desk::indexed();
    assert!(!desk.run(&["search", "bank"]).out.contains('\u{1b}'));
    assert!(
        desk.run(&["search", "bank", "--color", "always"])
            .out
            .contains("\u{1b}[")
    );
    let said = desk.run_with(&["search", "bank", "--color", "auto"], &[("NO_COLOR", "1")]);
    assert!(!said.out.contains('\u{1b}'));
}

#[test]
fn every_command_teaches_by_examples() {
    let desk = Desk::empty();
    let help = desk.run(&["--help"]);
    assert_eq!(help.code, 0);
    let commands: Vec<&str> = help
        .out
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.trim().is_empty())
        .filter_map(|line| line.strip_prefix("  "))
        // A description that goes on in the next line is indented further.
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.contains(&"search"), "{commands:?}");
    for command in commands {
        let said = desk.run(&[command, "--help"]);
        assert_eq!(said.code, 0, "{command}");
        assert!(said.out.contains("Example"), "{command}");
    }
}

#[test]
fn mistyped_flags_and_commands_get_a_suggestion_and_2() {
    let desk = Desk::empty();
    let said = desk.run(&["search", "--limt", "3", "x"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("--limit"), "{}", said.err);
    let said = desk.run(&["serch", "x"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("search"), "{}", said.err);
}

#[test]
fn completions_and_the_manual_page_come_from_the_flags() {
    let desk = Desk::empty();
    for shell in ["bash", "zsh", "fish"] {
        let said = desk.run(&["completions", shell]);
        assert_eq!(said.code, 0);
        assert!(said.out.contains("not-source"), "{shell}");
    }
    let page = desk.run(&["man", "search"]);
    assert!(
        page.out.contains(".TH") && page.out.contains("as\\-of"),
        "{}",
        page.out
    );
}

#[test]
fn show_takes_the_number_of_a_hit_and_no_query_is_kept() {
    let desk = Desk::indexed();
    let said = desk.run(&["search", "interest rate"]);
    assert_eq!(said.code, 0);
    let shown = desk.run(&["show", "1", "--query", "interest"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.out.contains("Central bank raises rates"));
    assert!(shown.out.contains("*interest*"), "{}", shown.out);
    let kept = std::fs::read_to_string(desk.path().join("state/last")).expect("ids");
    assert!(
        kept.contains("https://news.example/rates#") && !kept.contains("interest"),
        "{kept}"
    );
    let opened = desk.run(&["open", "--print", "1"]);
    assert_eq!(opened.out, "https://news.example/rates\n");
    let other = Desk::indexed();
    other.run_with(&["search", "bank"], &[("DATELINE_STATE", "")]);
    assert!(!other.path().join("state").exists());
}
