//! Joining, on marked sentences.

use super::*;

struct Few;

impl Known for Few {
    fn is_given(&self, word: &str) -> bool {
        matches!(word, "David" | "Louise" | "Melania" | "Bill")
    }

    fn is_club(&self, name: &str) -> bool {
        name == "Utah Jazz"
    }
}

/// Mentions are marked `[P …]`, `[O …]`, `[L …]`; returns their names in order.
fn names(marked: &str) -> Vec<String> {
    let mut text = String::new();
    let mut list = Vec::new();
    let mut rest = marked;
    while let Some(open) = rest.find('[') {
        text.push_str(&rest[..open]);
        let close = rest.find(']').unwrap();
        let kind = match &rest[open + 1..open + 2] {
            "P" => EntityKind::Person,
            "O" => EntityKind::Org,
            _ => EntityKind::Place,
        };
        let start = text.len() as u32;
        text.push_str(&rest[open + 3..close]);
        list.push(Mention {
            start,
            end: text.len() as u32,
            kind,
            name: String::new(),
            confidence: 1.0,
        });
        rest = &rest[close + 1..];
    }
    text.push_str(rest);
    let mut lists = vec![list];
    join(&[&text], &mut lists, &Few);
    lists.remove(0).into_iter().map(|m| m.name).collect()
}

#[test]
fn a_surname_joins_the_one_full_name() {
    assert_eq!(
        names(
            "[P Donald Trump] spoke. [P Mr Trump] left; [P Trump] and [P Bolton] met [P John R. Bolton]."
        ),
        [
            "Donald Trump",
            "Donald Trump",
            "Donald Trump",
            "John R. Bolton",
            "John R. Bolton"
        ]
    );
    assert_eq!(
        names("[P Bill de Blasio] won. [P De Blasio] said."),
        ["Bill de Blasio", "Bill de Blasio"]
    );
}

#[test]
fn relatives_who_share_a_surname_leave_it_alone() {
    assert_eq!(
        names("[P Donald Trump] and [P Melania Trump]; [P Trump] said."),
        ["Donald Trump", "Melania Trump", "Trump"]
    );
    assert_eq!(
        names("[P David] and [P Louise Turpin]. [P Turpin] said."),
        ["David", "Louise Turpin", "Turpin"]
    );
    assert_eq!(
        names("[P Donald Trump], [P Donald Trump Jr.], [P Trump]"),
        ["Donald Trump", "Donald Trump Jr.", "Trump"]
    );
}

#[test]
fn spellings_of_a_full_name_join_unless_initials_differ() {
    assert_eq!(
        names("[P Richard Guy], [P Richard Kenneth Guy], [P Richard K. Guy], [P Guy]"),
        vec!["Richard Kenneth Guy"; 4]
    );
    assert_eq!(
        names("[P George W. Bush] and [P George H. W. Bush]. [P Bush]"),
        ["George W. Bush", "George H. W. Bush", "Bush"]
    );
}

#[test]
fn first_names_titles_and_capitals_join() {
    assert_eq!(
        names("[P HICKENLOOPER] quits. [P John Hickenlooper] said. [P John]"),
        vec!["John Hickenlooper"; 3]
    );
    assert_eq!(
        names("[P Bashar al-Assad], [P Assad], [P al-Assad]"),
        vec!["Bashar al-Assad"; 3]
    );
    assert_eq!(names("[P Chancellor Merkel] said."), ["Merkel"]);
}

#[test]
fn another_name_joins_where_the_text_says_so() {
    assert_eq!(
        names("[P Muhammad Ali Rufaji], known as [P Abu Khadija], died. [P Abu Khadija] led it."),
        vec!["Muhammad Ali Rufaji"; 3]
    );
    assert_eq!(names("[P Dorian], known as [L Paris]"), ["Dorian", "Paris"]);
}

#[test]
fn acronyms_join_what_they_are_explained_by() {
    assert_eq!(
        names("The [O World Health Organization] ([O WHO]) said. [O WHO] added."),
        vec!["World Health Organization"; 3]
    );
    assert_eq!(
        names("The [O Federal Bureau of Investigation] came. [O FBI] left with [O CIA]."),
        [
            "Federal Bureau of Investigation",
            "Federal Bureau of Investigation",
            "CIA"
        ]
    );
    assert_eq!(
        names("[L New South Wales] ([O NSW]) said. [O NSW]"),
        vec!["New South Wales"; 3]
    );
    assert_eq!(
        names("[O Pacific Gas and Electric Company] ([O PG&E]), [O PG&E]"),
        vec!["Pacific Gas and Electric Company"; 3]
    );
    assert_eq!(
        names("The [O Labour Party] ([O BBC]) said."),
        ["Labour Party", "BBC"]
    );
}

#[test]
fn organisations_join_their_full_form_if_there_is_one_only() {
    assert_eq!(
        names("[O Salling Group] and [O Salling]"),
        vec!["Salling Group"; 2]
    );
    assert_eq!(
        names("[O US Supreme Court], [O Supreme Court]"),
        vec!["US Supreme Court"; 2]
    );
    assert_eq!(
        names(
            "[O U.S. House], [O House], [O House of Representatives], [O House Ethics Committee]"
        )[..3],
        vec!["House of Representatives"; 3]
    );
    assert_eq!(names("[O Utah Jazz], [O Jazz]"), vec!["Utah Jazz"; 2]);
    assert_eq!(
        names("[O Iowa Democratic Party], [O Democratic Party]"),
        ["Iowa Democratic Party", "Democratic Party"]
    );
    assert_eq!(
        names("[O Facebook], [O Facebook Ireland Limited]"),
        ["Facebook", "Facebook Ireland Limited"]
    );
}

#[test]
fn kinds_stay_apart() {
    assert_eq!(
        names("[P George Washington] in [L Washington]"),
        ["George Washington", "Washington"]
    );
    assert_eq!(
        names("The [L United States] and the [L U.S.]"),
        vec!["United States"; 2]
    );
}
