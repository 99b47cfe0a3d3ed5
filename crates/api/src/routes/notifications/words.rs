//! The words of notices, in three languages. `{case}` stands for the number of the case, `{deadline}` for what is due,
//! `{due}` for when (in the region's time), `{agencies}` for abbreviations.

use chrono::{DateTime, TimeDelta, Utc};
use qorgan_domain::calendar::UTC_OFFSET_HOURS;
use qorgan_domain::notifications::NoticeKind;
use serde_json::Value;

use crate::problem::Words;
use crate::request::Language;
use crate::routes::reference::labels;

const fn words(kind: NoticeKind) -> Words {
    match kind {
        NoticeKind::CaseAssigned => Words {
            ru: "Вам поручен случай {case}.",
            kk: "Сізге {case} жағдайы тапсырылды.",
            en: "Case {case} was assigned to you.",
        },
        NoticeKind::TaskGiven => Words {
            ru: "Вашей организации поручено мероприятие по случаю {case}.",
            kk: "Ұйымыңызға {case} жағдайы бойынша іс-шара тапсырылды.",
            en: "Your organisation was given a task of case {case}.",
        },
        NoticeKind::DeadlineNear => Words {
            ru: "Случай {case}: подходит срок – {deadline}, до {due}.",
            kk: "{case} жағдайы: мерзім жақындап қалды – {deadline}, {due} дейін.",
            en: "Case {case}: a deadline comes near – {deadline}, until {due}.",
        },
        NoticeKind::DeadlineMissed => Words {
            ru: "Случай {case}: срок прошёл – {deadline}, был до {due}.",
            kk: "{case} жағдайы: мерзім өтті – {deadline}, {due} дейін болатын.",
            en: "Case {case}: a deadline passed – {deadline}, it was due until {due}.",
        },
        NoticeKind::Crisis => Words {
            ru: "Угроза жизни ребёнка: по случаю {case} начато кризисное управление. Откройте случай.",
            kk: "Баланың өміріне қауіп төніп тұр: {case} жағдайы бойынша дағдарыстық басқару басталды. Жағдайды ашыңыз.",
            en: "A child's life is in danger: crisis management began for case {case}. Open the case.",
        },
        NoticeKind::DutyMissing => Words {
            ru: "Кризис по случаю {case}: нет дежурной организации ({agencies}). Сообщите им сами.",
            kk: "{case} жағдайы бойынша дағдарыс: кезекші ұйым жоқ ({agencies}). Оларға өзіңіз хабарлаңыз.",
            en: "Crisis in case {case}: no organisation is on duty ({agencies}). Tell them yourself.",
        },
        NoticeKind::ConsiliumInvitation => Words {
            ru: "Вас приглашают на консилиум.",
            kk: "Сізді консилиумға шақырады.",
            en: "You are asked to a consilium.",
        },
        NoticeKind::QualificationInvitation => Words {
            ru: "Вас приглашают на заседание группы по квалификации фактов.",
            kk: "Сізді фактілерді саралау тобының отырысына шақырады.",
            en: "You are asked to a session of the qualification group.",
        },
        NoticeKind::MaterialRequested => Words {
            ru: "Группа по квалификации фактов просит у вашей организации материалы. Откройте запрос.",
            kk: "Фактілерді саралау тобы ұйымыңыздан материал сұрайды. Сұрауды ашыңыз.",
            en: "The qualification group asks your organisation for material. Open the request.",
        },
        NoticeKind::ReleaseAwaitsAnswer => Words {
            ru: "Статистический орган просит подтвердить числа вашего ведомства для выпуска до {due}.",
            kk: "Статистика органы шығарылымға ведомствоңыздың сандарын {due} дейін растауды сұрайды.",
            en: "The statistics office asks to confirm the numbers of your agency for a release, until {due}.",
        },
        NoticeKind::PlanAwaitsApproval => Words {
            ru: "План по случаю {case} ждёт утверждения.",
            kk: "{case} жағдайының жоспары бекітуді күтіп тұр.",
            en: "The plan of case {case} waits for approval.",
        },
        NoticeKind::ClosureAwaitsApproval => Words {
            ru: "Закрытие случая {case} ждёт решения.",
            kk: "{case} жағдайын жабу шешімді күтіп тұр.",
            en: "The closure of case {case} waits for a decision.",
        },
        NoticeKind::ParticipantAdded => Words {
            ru: "Ваша организация стала участником случая {case}.",
            kk: "Ұйымыңыз {case} жағдайына қатысушы болды.",
            en: "Your organisation became a participant of case {case}.",
        },
    }
}

/// The text of a notice.
pub fn text(kind: NoticeKind, case: Option<&str>, data: &Value, language: Language) -> String {
    let deadline = data["deadline"].as_str().and_then(|code| {
        let label = labels::of("deadline_kind")?.iter().find(|label| label.code == code)?;
        // In the midst of a sentence.
        let word = label.in_language(language);
        let mut letters = word.chars();
        letters.next().map(|first| first.to_lowercase().chain(letters).collect::<String>())
    });
    let due = data["due_at"].as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok()).map(local);
    let agencies =
        data["agencies"].as_array().map(|codes| codes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "));
    let fill =
        [("{case}", case.map(str::to_owned)), ("{deadline}", deadline), ("{due}", due), ("{agencies}", agencies)];
    let text = words(kind).in_language(language).to_owned();
    fill.into_iter().fold(text, |text, (name, value)| text.replace(name, value.as_deref().unwrap_or("…")))
}

/// A time as the clocks of the region show it; a limit at midnight is the end of the day before.
fn local(moment: DateTime<Utc>) -> String {
    let local = moment.naive_utc() + TimeDelta::hours(UTC_OFFSET_HOURS);
    if local.time() == chrono::NaiveTime::MIN {
        return (local - TimeDelta::days(1)).format("%d.%m.%Y 24:00").to_string();
    }
    local.format("%d.%m.%Y %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_notice_speaks_three_languages() {
        let data =
            json!({"deadline": "first_contact", "due_at": "2026-11-22T10:00:00+00:00", "agencies": ["UZ", "DP"]});
        for kind in NoticeKind::ALL {
            let texts = Language::ALL.iter().map(|language| text(*kind, Some("35-2026-000123-4"), &data, *language));
            let texts: Vec<String> = texts.collect();
            assert!(texts.iter().all(|text| !text.contains(['{', '…'])), "{kind}: {texts:?}");
            assert!(texts[0] != texts[1] && texts[1] != texts[2], "{kind}");
        }
        let told = text(NoticeKind::DeadlineMissed, None, &data, Language::En);
        assert_eq!(told, "Case …: a deadline passed – first contact, it was due until 22.11.2026 15:00.");
        let midnight = json!({"due_at": "2026-11-22T19:00:00Z"});
        assert!(text(NoticeKind::DeadlineNear, None, &midnight, Language::En).contains("22.11.2026 24:00"));
    }
}
