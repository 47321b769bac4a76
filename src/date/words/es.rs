//! Spanish.

use crate::date::holidays::Holiday;
use crate::date::lexicon::{Habits, Lexicon, Verbs};
use crate::date::token::{
    AFTER, AMBIGUOUS, CONTRACTED, Class, PLURAL, WHOLE, preposition, relative,
};
use crate::date::value::Unit;

pub fn lexicon() -> Lexicon {
    let mut l = Lexicon::new(Habits {
        decimal_comma: true,
        verbs: Verbs::Spanish,
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
        "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre setiembre|octubre|noviembre|diciembre",
        Class::Month,
        1,
        WHOLE,
    )
    .add_counted("lunes|martes|miércoles|jueves|viernes|sábado|domingo", Class::Weekday, 0, WHOLE)
    .add("sábados", Class::Weekday, 5, PLURAL)
    .add("domingos", Class::Weekday, 6, PLURAL);
    for (unit, singular, plural) in [
        (Unit::Second, "", "segundos"),
        (Unit::Minute, "minuto", "minutos"),
        (Unit::Hour, "hora", ""),
        (Unit::Day, "día jornada", "días jornadas"),
        (Unit::Week, "semana", "semanas"),
        (Unit::Month, "mes", "meses"),
        (Unit::Quarter, "trimestre", "trimestres"),
        (Unit::Year, "año", "años"),
        (Unit::Decade, "década decenio", "décadas"),
        (Unit::Century, "siglo", "siglos"),
    ] {
        l.add(singular, Class::Unit, unit as i32, 0)
            .add(plural, Class::Unit, unit as i32, PLURAL);
    }
    l.add("horas", Class::Unit, Unit::Hour as i32, PLURAL)
        .add("h", Class::OClock, 0, 0)
        .add_counted("primavera|verano|otoño|invierno", Class::Season, 0, 0)
        // "mañana" is tomorrow and the morning; see the lexer.
        .add("mañana", Class::NearDay, 1, AMBIGUOUS)
        .add_counted(
            "madrugada|tarde|-|noche|mediodía|medianoche",
            Class::Part,
            0,
            0,
        )
        .add("anteayer", Class::NearDay, -2, 0)
        .add("anoche", Class::Tonight, -1, 0)
        .add("fin", Class::WeekendHead, 0, 0)
        .add("ayer", Class::NearDay, -1, 0)
        .add("hoy", Class::NearDay, 0, 0)
        .add("semestre", Class::Half, 0, 0)
        .add("utc gmt", Class::TimeZone, 0, 0);
    for (words, holiday) in [
        ("navidad", Holiday::Christmas),
        ("nochebuena", Holiday::ChristmasEve),
        ("nochevieja", Holiday::NewYearsEve),
        ("pentecostés", Holiday::Pentecost),
    ] {
        l.add(words, Class::Holiday, holiday as i32, 0);
    }
}

fn numbers(l: &mut Lexicon) {
    l.add_counted(
        "cero|-|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciséis|diecisiete|dieciocho|diecinueve|veinte|veintiuno|veintidós|veintitrés|veinticuatro|veinticinco",
        Class::NumberWord,
        0,
        0,
    );
    for (value, word) in [
        (30, "treinta"),
        (40, "cuarenta"),
        (50, "cincuenta"),
        (60, "sesenta"),
        (70, "setenta"),
        (80, "ochenta"),
        (90, "noventa"),
        (100, "cien"),
        (1000, "mil"),
    ] {
        l.add(word, Class::NumberWord, value, 0);
    }
    l.add("decena", Class::NumberWord, 10, 0)
        .add("docena", Class::Dozen, 0, 0)
        .add("medio media", Class::Half, 0, 0)
        .add("varios varias algunos algunas pocos pocas unos unas", Class::Several, 0, 0)
        .add("casi aproximadamente cerca", Class::Approximately, 0, 0)
        .add_counted(
            "primer primero primera|segundo segunda|tercer tercero tercera|cuarto cuarta|quinto|sexto|séptimo|octavo|noveno|décimo",
            Class::Ordinal,
            1,
            0,
        );
}

fn relations(l: &mut Lexicon) {
    for (words, relation) in [
        (
            "pasado pasada último última últimos últimas",
            relative::LAST,
        ),
        ("próximo próxima próximos próximas", relative::NEXT),
        ("siguiente siguientes", relative::FOLLOWING),
        ("anterior anteriores", relative::PREVIOUS),
    ] {
        l.add(words, Class::Relative, relation, AFTER);
    }
    l.add("este esta estos estas", Class::Relative, relative::THIS, 0)
        .add("mismo misma", Class::Relative, relative::SAME, 0)
        .add("principios comienzos inicios", Class::Modifier, 0, 0)
        .add("finales fines", Class::Modifier, 1, 0)
        .add("mediados", Class::Modifier, 2, 0)
        .add("después", Class::Later, preposition::AFTER, 0)
        .add("antes", Class::Earlier, preposition::BEFORE, 0)
        .add("cada todos todas", Class::Each, 0, PLURAL)
        .add(
            "diario diaria diariamente",
            Class::Frequency,
            Unit::Day as i32,
            0,
        )
        .add("semanal", Class::Frequency, Unit::Week as i32, 0)
        .add("mensual", Class::Frequency, Unit::Month as i32, 0)
        .add("anual", Class::Frequency, Unit::Year as i32, 0)
        .add("ahora actualmente actual", Class::Reference, 0, 0)
        .add("recientemente antaño", Class::Reference, 1, 0)
        .add("pronto próximamente", Class::Reference, 2, 0);
}

fn grammar(l: &mut Lexicon) {
    l.add("el la los las", Class::The, 0, 0)
        .add("un una", Class::A, 0, 0)
        .add("de", Class::Of, 0, 0)
        .add("del", Class::Of, 0, CONTRACTED)
        .add("en", Class::In, 0, 0)
        .add("a", Class::To, 0, 0)
        .add("al", Class::To, 0, CONTRACTED)
        .add("y e", Class::And, 0, 0)
        .add("o u", Class::And, 1, 0)
        .add("hasta", Class::To, 1, 0)
        .add("entre", Class::Between, 0, 0)
        .add("desde", Class::Preposition, preposition::SINCE, 0)
        .add("durante", Class::Preposition, preposition::DURING, 0)
        .add("para", Class::Preposition, preposition::FOR, 0)
        .add("sobre hacia por", Class::Preposition, preposition::AT, 0)
        .add("edad hombre mujer niño niña joven", Class::Old, 0, 0)
        .add("que", Class::Than, 0, 0)
        .add("hace", Class::AgoBefore, 0, 0)
        .add("más", Class::More, 0, 0)
        .add("será serán deberá deberán va van tendrá tendrán habrá", Class::Future, 0, 0)
        .add("fue fueron era eran había habían ha han dijo hizo sido tuvo", Class::Past, 0, 0)
        .add(
            "personas euros dólares habitantes metros kilómetros toneladas empleos soldados muertos heridos pesos páginas km",
            Class::Counted,
            0,
            0,
        )
        .add("millones mil veces ciento", Class::Rate, 0, 0)
        .add("vuelo habitación artículo página número capítulo línea", Class::Numbered, 0, 0);
}
