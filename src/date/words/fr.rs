//! French.

use crate::date::holidays::Holiday;
use crate::date::lexicon::{Habits, Lexicon, Verbs};
use crate::date::token::{
    AFTER, AMBIGUOUS, CONTRACTED, Class, PLURAL, WHOLE, preposition, relative,
};
use crate::date::value::Unit;

pub fn lexicon() -> Lexicon {
    let mut l = Lexicon::new(Habits {
        decimal_comma: true,
        elision: true,
        roman_ordinals: true,
        verbs: Verbs::French,
        ..Habits::default()
    });
    calendar(&mut l);
    numbers(&mut l);
    relations(&mut l);
    grammar(&mut l);
    l
}

fn calendar(l: &mut Lexicon) {
    l.add_counted(
        "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
        Class::Month,
        1,
        WHOLE,
    )
    .add_counted(
        "janv|févr|-|avr|-|-|juil|-|-|oct|nov|déc",
        Class::Month,
        1,
        0,
    )
    .add_counted(
        "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
        Class::Weekday,
        0,
        WHOLE,
    )
    .add_counted(
        "lundis|mardis|mercredis|jeudis|vendredis|samedis|dimanches",
        Class::Weekday,
        0,
        PLURAL,
    );
    for (unit, singular, plural) in [
        (Unit::Second, "seconde", "secondes"),
        (Unit::Minute, "minute", "minutes"),
        (Unit::Hour, "", "heures"),
        (Unit::Day, "jour journée", "jours journées"),
        (Unit::Week, "semaine", "semaines"),
        // Singular and plural alike.
        (Unit::Month, "mois", ""),
        (Unit::Quarter, "trimestre", "trimestres"),
        (Unit::Year, "an année", "ans années"),
        (Unit::Decade, "décennie", "décennies"),
        (Unit::Century, "siècle", "siècles"),
    ] {
        l.add(singular, Class::Unit, unit as i32, 0)
            .add(plural, Class::Unit, unit as i32, PLURAL);
    }
    l.add("heure", Class::Unit, Unit::Hour as i32, 0)
        .add("h", Class::OClock, 0, 0)
        .add_counted("printemps|été|automne|hiver", Class::Season, 0, 0)
        .add_counted("matin matinée|-|soir soirée|nuit|midi", Class::Part, 0, 0)
        .add("minuit", Class::Part, 5, 0)
        .add("semestre", Class::Half, 0, 0)
        .add("hier", Class::NearDay, -1, 0)
        .add("demain", Class::NearDay, 1, 0)
        .add("aujourd", Class::NearDay, 0, 0)
        .add("veille", Class::NeighbourDay, -1, 0)
        .add("lendemain", Class::NeighbourDay, 1, 0)
        .add("utc gmt", Class::TimeZone, 0, 0)
        .add("week", Class::WeekendHead, 0, 0);
    for (words, holiday) in [
        ("noël", Holiday::Christmas),
        ("pâques", Holiday::Easter),
        ("pentecôte", Holiday::Pentecost),
        ("ascension", Holiday::Ascension),
        ("toussaint", Holiday::AllSaints),
        ("assomption", Holiday::Assumption),
        ("épiphanie", Holiday::Epiphany),
    ] {
        l.add(words, Class::Holiday, holiday as i32, AMBIGUOUS);
    }
}

fn numbers(l: &mut Lexicon) {
    l.add_counted(
        "zéro|-|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize",
        Class::NumberWord,
        0,
        0,
    );
    for (value, word) in [
        (20, "vingt"),
        (30, "trente"),
        (20, "vingts"),
        (40, "quarante"),
        (50, "cinquante"),
        (60, "soixante"),
        (100, "cent"),
        (1000, "mille"),
    ] {
        l.add(word, Class::NumberWord, value, 0);
    }
    l.add("dizaine", Class::NumberWord, 10, 0)
        .add("douzaine", Class::Dozen, 0, 0)
        .add("quinzaine", Class::NumberWord, 15, 0)
        .add("vingtaine", Class::NumberWord, 20, 0)
        .add("demi", Class::Half, 0, 0)
        .add("plusieurs quelques", Class::Several, 0, 0)
        .add("environ près presque", Class::Approximately, 0, 0)
        .add_counted(
            "premier première|deuxième second|troisième|quatrième|cinquième|sixième|septième|huitième|neuvième|dixième",
            Class::Ordinal,
            1,
            0,
        );
}

fn relations(l: &mut Lexicon) {
    for (words, relation) in [
        (
            "dernier dernière derniers dernières passé passée",
            relative::LAST,
        ),
        ("prochain prochaine prochains prochaines", relative::NEXT),
        ("suivant suivante suivants suivantes", relative::FOLLOWING),
        ("précédent précédente", relative::PREVIOUS),
    ] {
        l.add(words, Class::Relative, relation, AFTER);
    }
    l.add("ce cet cette ces", Class::Relative, relative::THIS, 0)
        .add("même", Class::Relative, relative::SAME, 0)
        .add("début", Class::Modifier, 0, 0)
        .add("fin", Class::Modifier, 1, 0)
        .add("mi", Class::Modifier, 2, 0)
        .add("courant", Class::Modifier, 2, 0)
        .add("plus", Class::More, 0, 0)
        .add("tard", Class::Later, 0, 0)
        .add("tôt auparavant", Class::Earlier, 0, 0)
        .add("chaque tous toutes", Class::Each, 0, PLURAL)
        .add("quotidiennement", Class::Frequency, Unit::Day as i32, 0)
        .add("mensuellement", Class::Frequency, Unit::Month as i32, 0)
        .add("annuel annuelle", Class::Frequency, Unit::Year as i32, 0)
        .add(
            "actuellement maintenant désormais actuel actuelle",
            Class::Reference,
            0,
            0,
        )
        .add("récemment autrefois jadis naguère", Class::Reference, 1, 0)
        .add("bientôt prochainement", Class::Reference, 2, 0);
}

fn grammar(l: &mut Lexicon) {
    l.add("le la les l", Class::The, 0, 0)
        .add("un une", Class::A, 0, 0)
        .add("de d", Class::Of, 0, 0)
        .add("du des", Class::Of, 0, CONTRACTED)
        .add("en dans", Class::In, 0, 0)
        .add("au aux", Class::To, 0, CONTRACTED)
        .add("à", Class::To, 0, 0)
        .add("et", Class::And, 0, 0)
        .add("ou", Class::And, 1, 0)
        .add("jusqu", Class::To, 1, 0)
        .add("entre", Class::Between, 0, 0)
        .add("depuis dès", Class::Preposition, preposition::SINCE, 0)
        .add("avant", Class::Preposition, preposition::BEFORE, 0)
        .add("après", Class::Preposition, preposition::AFTER, 0)
        .add("pendant durant", Class::Preposition, preposition::DURING, 0)
        .add("pour", Class::Preposition, preposition::FOR, 0)
        .add("vers sur par", Class::Preposition, preposition::AT, 0)
        .add("que", Class::Than, 0, 0)
        .add("il", Class::AgoHead, 0, 0)
        .add("âgé âgée âgés âgées homme femme garçon fille fillette enfant", Class::Old, 0, 0)
        .add("sera seront devrait devraient doit doivent va vont aura auront", Class::Future, 0, 0)
        .add("a ont était étaient avait avaient été fut furent eut", Class::Past, 0, 0)
        .add(
            "personnes euros dollars habitants mètres kilomètres tonnes francs emplois soldats morts blessés manifestants policiers voix pages hectares km",
            Class::Counted,
            0,
            0,
        )
        .add("millions milliards fois pourcent", Class::Rate, 0, 0)
        .add("vol chambre article page numéro chapitre ligne", Class::Numbered, 0, 0);
}
