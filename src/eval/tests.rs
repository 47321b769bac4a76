use super::*;
use std::io::Cursor;

fn qrels(text: &str) -> Qrels {
    Qrels::read(Cursor::new(text), "qrels").expect("judgments")
}

fn run(text: &str) -> Run {
    Run::read(Cursor::new(text), "run").expect("a run")
}

/// Five documents in rank order a b c d e; a and d are relevant, f is relevant and not retrieved.
fn five() -> (Qrels, Run) {
    let judged = qrels("1 0 a 1\n1 0 b 0\n1 0 c 0\n1 0 d 2\n1 0 f 1\n");
    let ranked = run("1 Q0 a 1 5 t\n1 Q0 b 2 4 t\n1 Q0 c 3 3 t\n1 Q0 d 4 2 t\n1 Q0 e 5 1 t\n");
    (judged, ranked)
}

fn value(qrels: &Qrels, run: &Run, name: &str) -> f64 {
    let measures = parse_measures(&[name]).expect("a measure");
    evaluate(qrels, run, &measures, false).measures[0].1
}

#[track_caller]
fn is(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-12,
        "{found}, expected {expected}"
    );
}

#[test]
fn average_precision_divides_by_all_relevant_documents() {
    let (q, r) = five();
    // (1/1 + 2/4) / 3
    is(value(&q, &r, "map"), 0.5);
    is(value(&q, &r, "map_cut_3"), 1.0 / 3.0);
}

#[test]
fn ndcg_takes_grades_as_gains_and_ideal_order_from_the_judgments() {
    let (q, r) = five();
    // a at rank 1 has gain 1, d at rank 4 gain 2; ideally 2, 1, 1.
    let found = 1.0 / 2_f64.log2() + 2.0 / 5_f64.log2();
    let ideal = 2.0 / 2_f64.log2() + 1.0 / 3_f64.log2() + 1.0 / 4_f64.log2();
    is(value(&q, &r, "ndcg"), found / ideal);
    is(
        value(&q, &r, "ndcg_cut_2"),
        1.0 / (2.0 + 1.0 / 3_f64.log2()),
    );
}

#[test]
fn bpref_counts_judged_non_relevant_documents_only() {
    let (q, r) = five();
    // a has none before it; d has b and c: 1 - min(2,3)/min(2,3) = 0; f is not retrieved.
    is(value(&q, &r, "bpref"), 1.0 / 3.0);
}

#[test]
fn precision_divides_by_its_cutoff_and_recall_by_the_relevant() {
    let (q, r) = five();
    is(value(&q, &r, "P_10"), 0.2);
    is(value(&q, &r, "recall_1"), 1.0 / 3.0);
    is(value(&q, &r, "success_1"), 1.0);
    is(value(&q, &r, "Rprec"), 1.0 / 3.0);
    is(value(&q, &r, "recip_rank"), 1.0);
    // P = 2/5, R = 2/3.
    is(value(&q, &r, "set_F"), 0.5);
}

#[test]
fn interpolated_precision_takes_the_cutoffs_of_version_9() {
    let (q, r) = five();
    // 3 relevant: 0.3 needs trunc(0.9 + 0.9) = 1 document, 0.4 needs trunc(1.2 + 0.9) = 2.
    is(value(&q, &r, "iprec_at_recall.0.3"), 1.0);
    is(value(&q, &r, "iprec_at_recall_0.40"), 0.5);
    is(value(&q, &r, "iprec_at_recall_0.80"), 0.0);
    // Levels 0.0 to 0.3 at 1, 0.4 to 0.7 at 1/2 (0.7 needs trunc(2.1 + 0.9) = 3 in exact
    // arithmetic, and 0.7 * 3 + 0.9 is 2.9999999999999996 in doubles), none above.
    is(value(&q, &r, "iprec_at_recall_0.60"), 0.5);
}

#[test]
fn equal_scores_stand_in_descending_document_order() {
    let q = qrels("1 0 b 1\n");
    let r = run("1 Q0 a 1 7 t\n1 Q0 b 2 7 t\n");
    is(value(&q, &r, "recip_rank"), 1.0);
    let q = qrels("1 0 a 1\n");
    is(value(&q, &r, "recip_rank"), 0.5);
}

#[test]
fn the_rank_column_counts_for_nothing() {
    let q = qrels("1 0 b 1\n");
    let r = run("1 Q0 a 1 1.0 t\n1 Q0 b 2 2.0 t\n");
    is(value(&q, &r, "recip_rank"), 1.0);
}

#[test]
fn a_negative_grade_is_unjudged() {
    let q = qrels("1 0 a -1\n1 0 b 1\n1 0 c 0\n");
    let r = run("1 Q0 a 1 2 t\n1 Q0 b 2 1 t\n");
    is(value(&q, &r, "bpref"), 1.0);
    is(value(&q, &r, "num_rel"), 1.0);
}

#[test]
fn a_topic_that_the_run_lacks_counts_only_when_complete() {
    let q = qrels("1 0 a 1\n2 0 b 1\n");
    let r = run("1 Q0 a 1 1 t\n3 Q0 x 1 1 t\n");
    let measures = parse_measures(&["map", "num_q", "num_rel", "gm_map"]).expect("measures");
    let plain = evaluate(&q, &r, &measures, false);
    assert_eq!((plain.topics, plain.missing, plain.unjudged), (1, 1, 1));
    is(plain.measures[0].1, 1.0);
    is(plain.measures[2].1, 1.0);
    let complete = evaluate(&q, &r, &measures, true);
    is(complete.measures[0].1, 0.5);
    is(complete.measures[1].1, 2.0);
    is(complete.measures[2].1, 2.0);
    // sqrt(1 * 0.00001)
    is(complete.measures[3].1, 0.000_01_f64.sqrt());
}

#[test]
fn no_common_topic_gives_zeros_and_no_panic() {
    let q = qrels("1 0 a 1\n");
    let evaluation = evaluate(&q, &Run::default(), &all(), false);
    assert!(evaluation.measures.iter().all(|(_, v)| *v == 0.0));
}

#[test]
fn names_are_read_as_trec_eval_takes_them_and_printed_as_it_prints_them() {
    let names = |list: &[&str]| -> Vec<String> {
        let measures = parse_measures(list).expect("measures");
        measures.iter().map(ToString::to_string).collect()
    };
    assert_eq!(names(&["ndcg_cut.10,100"]), ["ndcg_cut_10", "ndcg_cut_100"]);
    assert_eq!(names(&["P_5", "P.5"]), ["P_5"]);
    assert_eq!(
        names(&["success"]),
        ["success_1", "success_5", "success_10"]
    );
    assert!(parse_measures(&["ndcg_cut_0"]).is_err());
    assert!(parse_measures(&["precision"]).is_err());
    for measure in all() {
        assert_eq!(names(&[&measure.to_string()]), [measure.to_string()]);
    }
}

#[test]
fn broken_lines_are_named_with_their_number() {
    let message = |text: &str| match Run::read(Cursor::new(text.to_owned()), "a.run") {
        Err(e) => e.to_string(),
        Ok(_) => String::new(),
    };
    assert_eq!(
        message("1 Q0 a 1 2 t\n\n1 Q0 b 2\n"),
        "a.run, line 3: 4 columns; expected 6: TOPIC Q0 DOCNO RANK SCORE TAG"
    );
    assert!(message("1 Q0 a 1 2 t\n1 Q0 a 2 1 t\n").contains("twice"));
    assert!(message("1 Q0 a 1 NaN t\n").contains("not a number"));
    assert!(Qrels::read(Cursor::new("1 0 a x\n"), "q").is_err());
    assert!(Qrels::read(Cursor::new("\n"), "q").is_err());
}

fn by_topic(values: &[f64]) -> Evaluation {
    let measure = parse_measures(&["map"]).expect("map")[0];
    Evaluation {
        tag: String::new(),
        topics: values.len(),
        measures: vec![(measure, 0.0)],
        per_topic: (values.iter().enumerate())
            .map(|(at, v)| (format!("{at:03}"), vec![*v]))
            .collect(),
        missing: 0,
        unjudged: 0,
    }
}

#[test]
fn few_topics_are_tested_exactly() {
    let map = parse_measures(&["map"]).expect("map")[0];
    // Differences 1, 1, 1: of 8 sign assignments, +++ and --- are as extreme.
    let (low, high) = (by_topic(&[0.0; 3]), by_topic(&[1.0; 3]));
    let found = compare(&low, &high, map, 1000, 1).expect("comparable");
    assert_eq!(found.permutations, 8);
    is(found.difference, 1.0);
    is(found.p.expect("topics"), 0.25);
    // Differences 3, -1: |2| is reached by 3-1, -3+1, 3+1 and -3-1.
    let (first, second) = (by_topic(&[0.0, 0.1]), by_topic(&[0.3, 0.0]));
    let found = compare(&first, &second, map, 1000, 1).expect("comparable");
    is(found.p.expect("topics"), 1.0);
}

#[test]
fn a_sampled_test_comes_near_the_exact_one_and_repeats_with_its_seed() {
    let map = parse_measures(&["map"]).expect("map")[0];
    let first = by_topic(&[0.0; 14]);
    let second = by_topic(&[
        0.1, 0.2, -0.1, 0.3, 0.05, 0.2, -0.05, 0.1, 0.15, -0.2, 0.1, 0.0, 0.25, 0.1,
    ]);
    let exact = compare(&first, &second, map, 1 << 14, 1).expect("comparable");
    assert_eq!(exact.permutations, 1 << 14);
    let sampled = compare(&first, &second, map, 10_000, 7).expect("comparable");
    let again = compare(&first, &second, map, 10_000, 7).expect("comparable");
    assert_eq!(sampled, again);
    let difference = exact.p.expect("topics") - sampled.p.expect("topics");
    // Three standard errors of a share near 0.03 in 10,000 draws.
    assert!(difference.abs() < 0.006, "{exact:?} {sampled:?}");
}

#[test]
fn equal_runs_have_p_1() {
    let map = parse_measures(&["map"]).expect("map")[0];
    let same = by_topic(&[0.3; 40]);
    is(
        compare(&same, &same, map, 500, 3)
            .and_then(|c| c.p)
            .expect("p"),
        1.0,
    );
}
