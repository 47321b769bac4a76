use super::*;

/// `input ==> canonical | kind start-end, …`; `␉` is a tab and `␤` a line feed.
///
/// The right side was written by hand from the grammar at the top of the module.
const TABLE: &str = include_str!("golden.txt");

#[test]
fn every_line_of_the_table_holds() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in TABLE
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with("## "))
    {
        let (input, expected) = line.split_once(" ==> ").unwrap_or_else(|| panic!("{line}"));
        let input = input.replace('␤', "\n").replace('␉', "\t");
        let found = match Query::parse(&input, &ParseOptions::new(NOW)) {
            Ok(parsed) => {
                let mut text = parsed.query.to_string();
                for (i, note) in parsed.notes.iter().enumerate() {
                    let kind = match note.kind {
                        NoteKind::Repair => "repair",
                        NoteKind::Date => "date",
                        other => panic!("{other:?}"),
                    };
                    text += if i == 0 { " | " } else { ", " };
                    text += kind;
                    if let (Some(start), Some(end)) = (note.start, note.end) {
                        text += &format!(" {start}-{end}");
                    }
                }
                text
            }
            Err(Error::Query { start, end, .. }) => format!("! {start}-{end}"),
            Err(other) => panic!("{other}"),
        };
        count += 1;
        if found != expected {
            wrong.push(format!(
                "{input}\n  expected {expected}\n  found    {found}"
            ));
        }
    }
    assert!(count >= 150, "{count}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
