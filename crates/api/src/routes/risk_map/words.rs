//! Words of the map that are no words of a classifier.

use qorgan_domain::statistics::protection::DisclosureRule;
use qorgan_domain::statistics::risk::Indicator;

use crate::problem::Words;
use crate::request::Language;
use crate::routes::reference::labels;

/// Where coordinates come from: their licence asks to say so.
pub const ATTRIBUTION: &str = "Coordinates of the seats: GeoNames (https://www.geonames.org), CC BY 4.0";

/// What a reader of exact counts must know.
pub const NOTE: Words = Words {
    ru: "Число фактов говорит о том, что стало известно, а не о том, что произошло: больше сигналов может означать больше \
         внимания. Показатели малых территорий читайте вместе с интервалами.",
    kk: "Фактілер саны болған жағдайды емес, белгілі болғанды көрсетеді: сигналдардың көп болуы назардың артқанын білдіруі мүмкін. \
         Шағын аумақтардың көрсеткіштерін аралықтарымен бірге оқыңыз.",
    en: "A count says what became known, not what took place: more signals can mean more attention. Read the rates of small \
         places with their intervals.",
};

/// What a reader of protected counts must know besides; `{small}` are the counts that are never shown, `{max}` the
/// greatest noise.
pub const PROTECTED_NOTE: Words = Words {
    ru: "Числа защищены: каждое изменено случайно не более чем на {max}, числа {small} не показываются, 0 может быть и малым \
         числом. Показатели, интервалы, ожидаемые границы и индекс вычислены из защищённых чисел.",
    kk: "Сандар қорғалған: әрқайсысы кездейсоқ түрде ең көбі {max}-ге өзгертілген, {small} сандары көрсетілмейді, 0 шағын сан да \
         болуы мүмкін. Көрсеткіштер, аралықтар, күтілетін шектер мен индекс қорғалған сандардан есептелген.",
    en: "The counts are protected: each was changed at random by at most {max}, {small} are never shown, and 0 may stand for a \
         small count. Rates, intervals, expected ranges and the index are computed from protected counts.",
};

/// The word of an indicator.
pub fn indicator(indicator: Indicator, language: Language) -> &'static str {
    let known = labels::of("risk_indicator").into_iter().flatten();
    let label = known.into_iter().find(|label| label.code == indicator.as_str());
    label.map_or(indicator.as_str(), |label| label.in_language(language))
}

/// What a reader must know.
pub fn note(rule: Option<&DisclosureRule>, language: Language) -> String {
    let note = NOTE.in_language(language);
    let Some(rule) = rule else { return note.to_owned() };
    let small = (1..rule.threshold).map(|count| count.to_string()).collect::<Vec<_>>().join(", ");
    let protected = PROTECTED_NOTE.in_language(language);
    format!("{} {note}", protected.replace("{small}", &small).replace("{max}", &rule.max_noise.to_string()))
}
