//! Every form of answers, and the objects of the other commands.

use crate::desk::Desk;
use serde_json::Value;

const HIT: [&str; 20] = [
    "schema_version",
    "rank",
    "score",
    "article",
    "passage",
    "section",
    "title",
    "heading",
    "source",
    "authors",
    "url",
    "path",
    "lang",
    "status",
    "published",
    "text",
    "snippets",
    "entities",
    "dates",
    "duplicates",
];

#[track_caller]
fn has(value: &Value, keys: &[&str]) {
    for key in keys {
        assert!(value.get(key).is_some(), "{key} is missing in {value}");
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

#[test]
fn json_and_jsonl_have_the_keys_of_the_contract() {
    let desk = Desk::indexed();
    let object = json(&desk.run(&["search", "bank", "-f", "json"]).out);
    has(
        &object,
        &[
            "schema_version",
            "query",
            "total",
            "total_is_exact",
            "elapsed_ms",
            "notes",
            "hits",
        ],
    );
    has(&object["hits"][0], &HIT);
    for line in desk
        .run(&["search", "Sunderland", "-f", "jsonl"])
        .out
        .lines()
    {
        let hit = json(line);
        has(&hit, &HIT);
        assert!(hit["published"].is_null() && hit["url"].is_null());
        let text = hit["text"].as_str().expect("text");
        for snippet in hit["snippets"].as_array().expect("a list") {
            let start = snippet["start"].as_u64().expect("a number") as usize;
            let window = snippet["text"].as_str().expect("text");
            assert_eq!(&text[start..start + window.len()], window);
            for mark in snippet["marks"].as_array().expect("a list") {
                let range = mark[0].as_u64().expect("from") as usize
                    ..mark[1].as_u64().expect("to") as usize;
                assert_eq!(&window[range], "Sunderland");
            }
        }
    }
}

#[test]
fn chosen_fields_and_unknown_ones() {
    let desk = Desk::indexed();
    let said = desk.run(&["search", "bank", "-f", "csv", "--fields", "rank,published"]);
    assert_eq!(said.out.lines().next(), Some("rank,published"));
    assert_eq!(said.out.lines().nth(1), Some("1,2024-07-17"));
    let said = desk.run(&["search", "bank", "-f", "jsonl", "--fields", "rank,colour"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("colour") && said.err.contains("published"),
        "{}",
        said.err
    );
}

#[test]
fn tables_have_the_columns_of_the_contract() {
    let desk = Desk::indexed();
    let header = "query_id,rank,score,article,passage,title,published,source,path,snippet";
    let said = desk.run(&["search", "bank", "-f", "csv"]);
    assert_eq!(said.out.lines().next(), Some(header));
    let said = desk.run(&["search", "bank", "-f", "tsv"]);
    assert_eq!(
        said.out
            .lines()
            .next()
            .map(|l| l.replace('\t', ","))
            .as_deref(),
        Some(header)
    );
    let said = desk.run(&["search", "zeppelin", "-f", "csv"]);
    assert_eq!((said.code, said.out.lines().count()), (1, 1));
}

#[test]
fn trec_and_lists_are_by_article_and_paths_open_from_here() {
    let desk = Desk::indexed();
    let said = desk.run(&["search", "bank", "-f", "trec", "--tag", "mine"]);
    let columns: Vec<&str> = said
        .out
        .lines()
        .next()
        .expect("a line")
        .split(' ')
        .collect();
    assert_eq!(columns.len(), 6);
    assert_eq!(
        (columns[1], columns[2], columns[3]),
        ("Q0", "https://news.example/rates", "1")
    );
    assert_eq!(columns[5], "mine");
    let said = desk.run(&["search", "bank", "-f", "trec", "--unit", "passage"]);
    assert!(
        said.out.contains("https://news.example/rates#0 "),
        "{}",
        said.out
    );
    let said = desk.run(&["search", "bank", "-f", "paths", "-0"]);
    let path = said.out.trim_end_matches('\0');
    assert!(desk.path().join(path).is_file(), "{path}");
}

#[test]
fn html_stands_on_its_own() {
    let desk = Desk::indexed();
    let page = desk.run(&["search", "bank", "-f", "html"]).out;
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(page.contains("<mark>") && !page.contains("<script") && !page.contains("<link"));
}

#[test]
fn a_limit_of_0_counts() {
    let desk = Desk::indexed();
    assert_eq!(
        desk.run(&["search", "bank", "-n", "0", "--unit", "article"])
            .out,
        "1\n"
    );
    let object = json(&desk.run(&["search", "bank", "-n", "0", "-f", "json"]).out);
    assert_eq!(object["hits"], Value::Array(Vec::new()));
    assert!(object["total"].as_u64() > Some(0));
}

#[test]
fn a_flag_and_its_field_mean_the_same() {
    let desk = Desk::indexed();
    let ids = |args: &[&str]| {
        let mut all = vec!["search", "-f", "ids"];
        all.extend(args);
        desk.run(&all).out
    };
    for (flag, field) in [
        (vec!["--source", "Tagblatt"], "source:Tagblatt"),
        (vec!["--lang", "de"], "lang:de"),
        (vec!["--from", "2024-08"], "date:2024-08.."),
        (vec!["--to", "2024-07"], "date:..2024-07"),
        (vec!["--about", "2024-09"], "about:2024-09"),
        (
            vec!["--not-source", "Tagblatt", "bank"],
            "bank -source:Tagblatt",
        ),
        (
            vec!["--source", "Tagblatt", "--source", "Morning Wire"],
            "source:Tagblatt OR source:\"Morning Wire\"",
        ),
    ] {
        let by_flag = ids(&flag);
        assert!(!by_flag.is_empty(), "{flag:?}");
        assert_eq!(by_flag, ids(&["--", field]), "{field}");
    }
}

#[test]
fn read_and_show_print_the_same_object_and_show_adds_passages() {
    let desk = Desk::indexed();
    let lines = desk.run(&["read", "news"]).out;
    let read: Vec<Value> = lines.lines().map(json).collect();
    assert_eq!(read.len(), 3);
    let keys = [
        "schema_version",
        "id",
        "path",
        "title",
        "standfirst",
        "authors",
        "published",
        "published_from",
        "updated",
        "dateline",
        "source",
        "url",
        "lang",
        "lang_from",
        "keywords",
        "entities",
        "status",
        "encoding",
        "offset",
        "sections",
    ];
    for article in &read {
        has(article, &keys);
    }
    let shown = json(
        &desk
            .run(&["show", "https://news.example/rates", "-f", "json"])
            .out,
    );
    has(&shown, &keys);
    let same = read
        .iter()
        .find(|a| a["id"] == "https://news.example/rates")
        .expect("read");
    for key in ["title", "published", "authors", "sections"] {
        assert_eq!(shown[key], same[key], "{key}");
    }
    has(
        &shown["passages"][0],
        &["passage", "section", "heading", "text", "entities", "dates"],
    );
    assert_eq!(shown["passages"][1]["heading"], "What happens next?");
}

#[test]
fn annotate_takes_texts_and_rows() {
    let desk = Desk::empty();
    let said = desk.feed(
        &["annotate", "--published", "2024-07-14", "-"],
        "The summit opened in Paris on 3 March 2024.",
    );
    let object = json(&said.out);
    has(&object, &["schema_version", "id", "entities", "dates"]);
    assert_eq!(object["dates"][0]["from"], "2024-03-03");
    assert_eq!(object["dates"][0]["text"], "3 March 2024");
    let rows = "{\"id\":\"a\",\"text\":\"In May 2021.\"}\nnot json\n{\"id\":7,\"text\":\"\"}\n";
    let said = desk.feed(&["annotate", "-"], rows);
    let lines: Vec<Value> = said.out.lines().map(json).collect();
    assert_eq!(said.code, 3);
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["dates"][0]["to"], "2021-05-31");
    assert_eq!(lines[1]["line"], 2);
    assert!(lines[1]["id"].is_null() && lines[1]["error"].is_string());
    assert_eq!(lines[2]["id"], 7);
}

#[test]
fn timelines_are_zero_filled_and_facets_count() {
    let desk = Desk::indexed();
    let object = json(&desk.run(&["timeline", "--by", "month", "-f", "json"]).out);
    has(
        &object,
        &[
            "query",
            "axis",
            "by",
            "unit",
            "total",
            "total_is_exact",
            "undated",
            "buckets",
            "notes",
        ],
    );
    let counts: Vec<(&str, u64)> = object["buckets"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|b| {
            (
                b["label"].as_str().unwrap_or(""),
                b["count"].as_u64().unwrap_or(9),
            )
        })
        .collect();
    assert_eq!(counts, [("2024-07", 1), ("2024-08", 0), ("2024-09", 1)]);
    assert_eq!(object["undated"], 1);
    let csv = desk.run(&["timeline", "-f", "csv"]).out;
    assert_eq!(csv.lines().next(), Some("from,to,label,count,copies,share"));
    let object = json(&desk.run(&["facets", "source", "-f", "json"]).out);
    has(
        &object,
        &[
            "field", "query", "unit", "total", "missing", "values", "notes",
        ],
    );
    assert_eq!(object["missing"], 1);
    assert_eq!(desk.run(&["timeline", "zeppelin"]).code, 0);
}

#[test]
fn index_says_what_it_did_and_status_what_there_is() {
    let desk = Desk::new();
    desk.write("news/photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00");
    let object = json(&desk.run(&["index", "news", "-f", "json"]).out);
    has(
        &object,
        &[
            "added",
            "replaced",
            "removed",
            "unchanged",
            "passages",
            "skipped",
            "failed",
            "superseded",
            "elapsed_ms",
            "interrupted",
        ],
    );
    assert_eq!(
        (object["added"].as_u64(), object["interrupted"].as_bool()),
        (Some(3), Some(false))
    );
    let again = json(&desk.run(&["index", "news", "-f", "json"]).out);
    assert_eq!(
        (again["added"].as_u64(), again["unchanged"].as_u64()),
        (Some(0), Some(3))
    );
    let status = json(&desk.run(&["status", "-f", "json"]).out);
    has(
        &status,
        &[
            "location",
            "format",
            "generation",
            "articles",
            "passages",
            "families",
            "undated",
            "languages",
            "roots",
            "bytes",
            "skipped",
        ],
    );
    assert_eq!(
        (status["articles"].as_u64(), status["undated"].as_u64()),
        (Some(3), Some(1))
    );
    let text = desk.run(&["status"]).out;
    assert!(text.contains("photo.jpg"), "{text}");
    assert_eq!(desk.run(&["verify"]).code, 0);
    assert_eq!(desk.run(&["compact"]).code, 0);
}

#[test]
fn forgotten_articles_stay_away_until_undone() {
    let desk = Desk::indexed();
    assert_eq!(desk.run(&["forget", "https://news.example/rates"]).code, 0);
    assert_eq!(desk.run(&["search", "bank"]).code, 1);
    desk.run(&["index", "news"]);
    assert_eq!(desk.run(&["search", "bank"]).code, 1);
    assert_eq!(
        desk.run(&["forget", "--undo", "https://news.example/rates"])
            .code,
        0
    );
    desk.run(&["index", "news"]);
    assert_eq!(desk.run(&["search", "bank"]).code, 0);
}

#[test]
fn two_timelines_stand_side_by_side_with_the_counts_of_each_alone() {
    let desk = Desk::indexed();
    let counts = |args: &[&str]| json(&desk.run(args).out);
    let rest = ["--by", "year", "-f", "json"];
    let alone = |query| counts(&[&["timeline", query][..], &rest].concat());
    let both = counts(&[&["timeline", "--compare", "bank", "Sunderland"][..], &rest].concat());
    let both = both.as_array().expect("two timelines");
    assert_eq!(both.len(), 2);
    assert!(
        both.iter().all(|one| one["total"].as_u64() > Some(0)),
        "{both:?}"
    );
    assert_eq!(both[0], alone("bank"));
    assert_eq!(both[1], alone("Sunderland"));
}

#[test]
fn a_window_of_dates_says_what_it_leaves_out_for_having_no_date() {
    let desk = Desk::indexed();
    // One of the three articles is undated; it has one passage.
    for (args, note) in [
        (
            &["search", "model", "--from", "2024"][..],
            "1 passage without",
        ),
        (
            &["search", "model OR bank", "--to", "2024"],
            "1 passage without",
        ),
        (&["search", "model since 2024"], "1 passage without"),
        (&["export", "--from", "2024"], "1 article without"),
        (&["facets", "source", "--from", "2024"], "1 article without"),
        (
            &["timeline", "--from", "2024", "--by", "year"],
            "1 article without",
        ),
    ] {
        let said = desk.run(args);
        assert!(said.err.contains(note), "{args:?}: {}", said.err);
    }
    for args in [
        &["search", "Hochwasser", "--from", "2024"][..],
        &["search", "model"],
        &["search", "model -date:2024"],
        &["export", "date:none"],
    ] {
        let said = desk.run(args);
        assert!(
            !said.err.contains("without a date"),
            "{args:?}: {}",
            said.err
        );
    }
    let said = desk.run(&["search", "model", "--from", "2024", "--format", "json"]);
    let object: Value = serde_json::from_str(&said.out).expect("JSON");
    let notes = object["notes"].as_array().expect("notes");
    assert!(notes.iter().any(|n| n["kind"] == "undated"), "{object}");
}

#[test]
fn a_quiet_forget_says_nothing() {
    let desk = Desk::indexed();
    for args in [
        &["forget", "--quiet", "https://news.example/rates"][..],
        &["forget", "--quiet", "--undo", "https://news.example/rates"],
    ] {
        let said = desk.run(args);
        assert_eq!(
            (said.code, said.out.as_str(), said.err.as_str()),
            (0, "", ""),
            "{args:?}"
        );
    }
}

#[test]
fn watches_take_an_alias_file() {
    let desk = Desk::empty();
    desk.write(
        "news/a.txt",
        "Merkel in Paris\n\nAngela Merkel met the president of France, Emmanuel Macron, in Paris.\n",
    );
    desk.write("names.tsv", "Angela Merkel\tperson\tMutti\n");
    assert_eq!(desk.run(&["index", "news"]).code, 0);
    let aliases = &["--aliases", "names.tsv"][..];
    let said = desk.run(
        &[
            &["watch", "add", "her", "person:Mutti", "--from-start"],
            aliases,
        ]
        .concat(),
    );
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(
        desk.run(&["watch", "run"]).code,
        1,
        "nobody is called so without the file"
    );
    let said = desk.run(&[&["watch", "run"], aliases].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("a.txt"), "{}", said.out);
}
