//! Counts as bars.

use super::terminal::{Style, columns, cut, sgr};
use std::fmt::Write as _;
use std::io::{self, Write};

/// A labelled count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    pub label: String,
    pub count: u64,
    /// Said behind the count.
    pub remark: String,
}

/// Empty bars in a row that are still printed one by one.
const MOST_EMPTY: usize = 3;

/// Prints a line a bar, the longest as long as the window lets it be; long runs of empty bars become one line.
///
/// Labels take half of the window at most; longer ones are cut.
///
/// # Errors
/// The writer's.
pub fn bars(list: &[Bar], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let widest = |f: &dyn Fn(&Bar) -> usize| list.iter().map(f).max().unwrap_or(0);
    let label_width = widest(&|bar| columns(&bar.label)).min(style.width / 2);
    let tail_width = widest(&|bar| tail(bar).len());
    let most = list.iter().map(|bar| bar.count).max().unwrap_or(0);
    let room = style
        .width
        .saturating_sub(label_width + tail_width + 3)
        .clamp(8, 60);
    let mut at = 0;
    while at < list.len() {
        let empty = list[at..].iter().take_while(|bar| bar.count == 0).count();
        if empty > MOST_EMPTY {
            let (first, last) = (&list[at].label, &list[at + empty - 1].label);
            writeln!(
                out,
                "{}",
                style.ink(sgr::DIM, &format!("{first} to {last}: none"))
            )?;
            at += empty;
            continue;
        }
        let bar = &list[at];
        let label = cut(&bar.label, label_width);
        let padding = " ".repeat(label_width.saturating_sub(columns(&label)));
        let label = style.ink("", &label);
        let drawn = style.ink(sgr::SOURCE, &drawn(bar.count, most, room));
        writeln!(
            out,
            "{label}{padding}  {drawn} {}",
            style.ink("", &tail(bar))
        )?;
        at += 1;
    }
    Ok(())
}

fn tail(bar: &Bar) -> String {
    match bar.remark.as_str() {
        "" => bar.count.to_string(),
        remark => format!("{} {remark}", bar.count),
    }
}

/// A bar of eighths of a column; any count above 0 shows.
fn drawn(count: u64, most: u64, room: usize) -> String {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    if most == 0 || count == 0 {
        return String::new();
    }
    let eighths = (count as f64 / most as f64 * (room * 8) as f64).round() as usize;
    let eighths = eighths.max(1);
    let mut out = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        let _ = write!(out, "{}", EIGHTHS[eighths % 8]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(label: &str, count: u64) -> Bar {
        Bar {
            label: label.to_owned(),
            count,
            remark: String::new(),
        }
    }

    fn printed(list: &[Bar], width: usize) -> String {
        let style = Style {
            width,
            ..Style::default()
        };
        let mut out = Vec::new();
        bars(list, &style, &mut out).expect("a buffer takes everything");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn the_longest_bar_fills_the_window_and_the_least_shows() {
        let out = printed(&[bar("2024", 1000), bar("2025", 1)], 40);
        let lines: Vec<&str> = out.lines().collect();
        // A label of 4, two spaces, the bar, a space, a count of 4; one column stays free.
        assert_eq!(columns(lines[0]), 40);
        assert!(lines[1].contains('▏'), "{out}");
    }

    #[test]
    fn long_runs_of_nothing_are_one_line() {
        let list: Vec<Bar> = (0..6)
            .map(|n| bar(&format!("d{n}"), if n == 5 { 2 } else { 0 }))
            .collect();
        let out = printed(&list, 40);
        assert!(out.starts_with("d0 to d4: none\n"), "{out}");
        assert_eq!(out.lines().count(), 2);
    }

    #[test]
    fn a_long_label_is_cut_and_every_line_fits_the_window() {
        let title = "Federal funding for the firefighters of the eastern shore is announced";
        let out = printed(
            &[
                bar(title, 15),
                bar("新しい橋の開通式に市長と住民が集まった", 9),
            ],
            40,
        );
        let lines: Vec<&str> = out.lines().collect();
        assert!(lines[0].starts_with("Federal funding for…  █"), "{out}");
        // A wide character takes two columns: nine of them, the dots and one column that stays free.
        assert!(lines[1].starts_with("新しい橋の開通式に…   █"), "{out}");
        assert!(lines.iter().all(|line| columns(line) <= 40), "{out}");
    }

    #[test]
    fn nothing_prints_nothing() {
        assert_eq!(printed(&[], 80), "");
    }
}
