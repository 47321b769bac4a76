//! Names across an archive: given ones, authority and alias files, facets, names of titles.

use crate::desk::Desk;
use serde_json::Value;

const ARTICLES: &str = r#"{"id":"a","title":"Vote delayed","text":"Angela Merkel spoke in Berlin on Monday. Chancellor Merkel said that the vote was delayed."}
{"id":"b","title":"Budget","text":"The budget passed late. Mutti was pleased, a spokesman for her party said."}
{"id":"c","title":"Recep Tayyip Erdogan wins again","text":"The count took all night and the result was clear by noon."}
{"id":"d","title":"Talks","text":"Recep Tayyip Erdoğan met the ministers in Ankara on Friday."}
{"id":"e","title":"Notes","keywords":["harbour"],"entities":[{"type":"org","name":"Kestrel Water"}],"text":"The dam was inspected by engineers. Kestrel Water said that it is safe."}
{"id":"f","title":"Wire","text":"A report by the Northern Wire named nobody. The Northern Wire stood by it."}
"#;

fn desk() -> Desk {
    let desk = Desk::empty();
    desk.write("news/articles.jsonl", ARTICLES);
    desk
}

fn json(desk: &Desk, args: &[&str]) -> Value {
    let said = desk.run(args);
    assert_eq!(said.code, 0, "{args:?}: {}", said.err);
    serde_json::from_str(&said.out).expect("JSON")
}

/// Ids found by a search for articles, sorted.
fn found(desk: &Desk, args: &[&str]) -> Vec<String> {
    let said = desk.run(&[&["search", "--unit", "article", "-f", "ids"], args].concat());
    let mut ids: Vec<String> = said.out.lines().map(str::to_owned).collect();
    ids.sort();
    ids
}

/// `value type count` of each row.
fn facets(desk: &Desk, args: &[&str]) -> Vec<String> {
    let answer = json(desk, &[&["facets", "-f", "json"], args].concat());
    let row = |v: &Value| {
        let text = |key: &str| v[key].as_str().unwrap_or("").to_owned();
        format!("{} {} {}", text("value"), text("type"), v["count"])
    };
    answer["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(row)
        .collect()
}

#[test]
fn a_surname_finds_the_full_name_and_a_title_counts_for_its_article() {
    let desk = desk();
    desk.run(&["index", "news"]);
    assert_eq!(found(&desk, &["person:merkel"]), ["a"]);
    // The body of c names nobody.
    assert_eq!(found(&desk, &["person:erdogan"]), ["c", "d"]);
    assert_eq!(found(&desk, &["place:Ankara"]), ["d"]);
}

#[test]
fn spellings_meet_in_one_facet_value() {
    let desk = desk();
    desk.run(&["index", "news"]);
    let persons = facets(&desk, &["person"]);
    assert!(
        persons.contains(&"Recep Tayyip Erdogan person 2".to_owned()),
        "{persons:?}"
    );
    assert!(
        !persons.iter().any(|p| p.contains("Erdoğan")),
        "{persons:?}"
    );
}

#[test]
fn an_alias_file_widens_filters_and_joins_facets_and_leaves_nothing_behind() {
    let desk = desk();
    desk.run(&["index", "news"]);
    // The recogniser need not know the nickname: any name of the entry is looked for.
    let list = "canonical\ttype\taliases\nAngela Merkel\tperson\tMutti\nBerlin\tplace\tAnkara\n\
                One\tperson\tTwin\nTwo\tperson\tTwin\n";
    desk.write("names.tsv", list);
    let with = ["--aliases", "names.tsv"];
    assert_eq!(found(&desk, &["place:Berlin"]), ["a"]);
    assert_eq!(
        found(&desk, &[&["place:Berlin"], &with[..]].concat()),
        ["a", "d"]
    );
    assert_eq!(
        found(&desk, &[&["--place", "Ankara", ""], &with[..]].concat()),
        ["a", "d"]
    );
    let joined = facets(&desk, &[&["place"], &with[..]].concat());
    assert_eq!(joined[0], "Berlin place 2");
    assert!(!joined.contains(&"Ankara place 1".to_owned()), "{joined:?}");
    let apart = facets(&desk, &["place"]);
    assert_eq!(apart[..2], ["Ankara place 1", "Berlin place 1"]);
    let said = desk.run(&[&["search", "person:Twin"], &with[..]].concat());
    assert!(
        said.err.contains("\"Twin\" is a name of One and of Two"),
        "{}",
        said.err
    );
}

#[test]
fn an_alias_file_that_is_none_is_an_error_with_its_line() {
    let desk = desk();
    desk.run(&["index", "news"]);
    desk.write("names.tsv", "Angela Merkel\tship\tMutti\n");
    let said = desk.run(&["search", "person:Mutti", "--aliases", "names.tsv"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err
            .contains("names.tsv, line 1: unknown type \"ship\""),
        "{}",
        said.err
    );
    let said = desk.run(&["search", "person:Mutti", "--aliases", "none.tsv"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("none.tsv"), "{}", said.err);
}

#[test]
fn an_authority_file_names_what_is_indexed_until_it_is_left_away() {
    let desk = desk();
    desk.write(
        "names.tsv",
        "Angela Merkel\tperson\tMutti\nThe Northern Wire\torg\tNorthern Wire\n",
    );
    desk.run(&["index", "news", "--authority", "names.tsv"]);
    assert_eq!(found(&desk, &["person:merkel"]), ["a", "b"]);
    assert_eq!(found(&desk, &["org:\"northern wire\""]), ["f"]);
    let orgs = facets(&desk, &["org"]);
    assert!(
        orgs.contains(&"The Northern Wire org 1".to_owned()),
        "{orgs:?}"
    );
    let again = desk.run(&["index", "news"]);
    assert!(
        again.err.contains("everything is read again"),
        "{}",
        again.err
    );
    assert_eq!(found(&desk, &["person:merkel"]), ["a"]);
}

#[test]
fn given_names_are_kept_marked_and_win() {
    let desk = desk();
    desk.run(&["index", "news"]);
    assert_eq!(found(&desk, &["org:kestrel"]), ["e"]);
    let shown = json(&desk, &["show", "e", "-f", "json"]);
    assert_eq!(shown["entities"][0]["name"], "Kestrel Water");
    let mention = &shown["passages"][0]["entities"][0];
    assert_eq!(
        (&mention["type"], &mention["name"]),
        (&"org".into(), &"Kestrel Water".into())
    );
    assert_eq!(mention["confidence"], 1.0);
    // Recognised names are less certain than given ones.
    let shown = json(&desk, &["show", "a", "-f", "json"]);
    let mentions = shown["passages"][0]["entities"].as_array().unwrap();
    assert!(!mentions.is_empty());
    assert!(
        mentions
            .iter()
            .all(|m| m["confidence"].as_f64().unwrap() < 1.0)
    );
}

#[test]
fn a_person_is_found_with_and_without_a_middle_initial_as_facets_count() {
    let names = [
        "Barbara A. Mikulski",
        "Barbara Mikulski",
        "Barbara Ann Mikulski",
        "Barbara Lee",
        "Mikulski Barbara",
    ];
    let article = |(n, name): (usize, &&str)| {
        let entities = serde_json::json!([{"type": "person", "name": name}]);
        serde_json::json!({"id": n.to_string(), "title": "A vote", "text": "It passed.", "entities": entities})
            .to_string()
            + "\n"
    };
    let desk = Desk::empty();
    let rows: String = names.iter().enumerate().map(article).collect();
    desk.write("news/articles.jsonl", rows);
    desk.run(&["index", "news"]);
    for name in [
        "Barbara Mikulski",
        "Barbara A Mikulski",
        "barbara a. mikulski",
    ] {
        assert_eq!(found(&desk, &["--person", name]), ["0", "1"], "{name}");
        assert_eq!(found(&desk, &["--entity", name]), ["0", "1"], "{name}");
    }
    assert_eq!(found(&desk, &["--person", "Barbara Z Mikulski"]), ["1"]);
    assert_eq!(
        found(&desk, &["--person", "Barbara"]),
        ["0", "1", "2", "3", "4"]
    );
    // One initial is none of an organisation's.
    assert_eq!(
        found(&desk, &["--org", "Barbara Mikulski"]),
        Vec::<String>::new()
    );
    let counted = facets(&desk, &["person", "-n", "1"]);
    assert!(counted[0].ends_with("Mikulski person 2"), "{counted:?}");
}
