//! Words for the codes inside a problem: of fields (`errors`), of gates (`missing`), of rules (`reason`).
//!
//! A row is `(code, Russian, Kazakh, English)`. `{name}` stands for a parameter of the code, such as the
//! bound that was broken; what the client sent is never repeated, since it may be personal. The file is
//! longer than usual because it is a table: every row holds three languages.

use super::catalogue::Words;

/// One row: code, Russian, Kazakh, English.
pub type Row = (&'static str, &'static str, &'static str, &'static str);

/// What can be wrong with one field of a body, one query parameter or one header.
pub const FIELDS: &[Row] = &[
    // The shape of the request.
    ("unknown_field", "Неизвестное поле.", "Белгісіз өріс.", "Unknown field."),
    ("duplicate_field", "Поле указано дважды.", "Өріс екі рет көрсетілген.", "The field is given twice."),
    ("missing_field", "Обязательное поле отсутствует.", "Міндетті өріс жоқ.", "A required field is missing."),
    (
        "wrong_type",
        "Неверный тип: ожидается {expected}.",
        "Түрі қате: {expected} күтіледі.",
        "Wrong type: {expected} is expected.",
    ),
    (
        "not_allowed_here",
        "Здесь это поле не допускается.",
        "Бұл жерде осы өріске жол берілмейді.",
        "This field is not allowed here.",
    ),
    ("required_here", "Здесь это поле обязательно.", "Бұл жерде осы өріс міндетті.", "This field is required here."),
    ("unknown_parameter", "Неизвестный параметр.", "Белгісіз параметр.", "Unknown parameter."),
    ("repeated_parameter", "Параметр указан дважды.", "Параметр екі рет көрсетілген.", "The parameter is given twice."),
    (
        "missing_parameter",
        "Обязательный параметр отсутствует.",
        "Міндетті параметр жоқ.",
        "A required parameter is missing.",
    ),
    (
        "header_format",
        "Заголовок записан неверно; ожидается {expected}.",
        "Тақырыптама қате жазылған; {expected} күтіледі.",
        "The header is malformed; {expected} is expected.",
    ),
    // Values in general.
    ("invalid_value", "Недопустимое значение.", "Жарамсыз мән.", "The value is not valid."),
    (
        "unknown_code",
        "Неизвестный код; допустимы: {allowed}.",
        "Белгісіз код; рұқсат етілгендері: {allowed}.",
        "Unknown code; allowed: {allowed}.",
    ),
    (
        "too_many_items",
        "Слишком много элементов: не больше {max}.",
        "Элементтер тым көп: ең көбі {max}.",
        "Too many items: at most {max}.",
    ),
    (
        "too_few_items",
        "Слишком мало элементов: не меньше {min}.",
        "Элементтер тым аз: кемінде {min}.",
        "Too few items: at least {min}.",
    ),
    (
        "number_too_small",
        "Число слишком мало: не меньше {min}.",
        "Сан тым кіші: кемінде {min}.",
        "The number is too small: at least {min}.",
    ),
    (
        "number_too_large",
        "Число слишком велико: не больше {max}.",
        "Сан тым үлкен: ең көбі {max}.",
        "The number is too large: at most {max}.",
    ),
    (
        "cursor_invalid",
        "Курсор недействителен; начните список сначала.",
        "Курсор жарамсыз; тізімді басынан бастаңыз.",
        "The cursor is not valid; start the list again.",
    ),
    // Texts and names.
    (
        "text_too_short",
        "Текст слишком короткий: не меньше {min} знаков.",
        "Мәтін тым қысқа: кемінде {min} таңба.",
        "The text is too short: at least {min} characters.",
    ),
    (
        "text_too_long",
        "Текст слишком длинный: не больше {max} знаков.",
        "Мәтін тым ұзын: ең көбі {max} таңба.",
        "The text is too long: at most {max} characters.",
    ),
    (
        "text_control_characters",
        "Текст содержит управляющие знаки.",
        "Мәтінде басқару таңбалары бар.",
        "The text contains control characters.",
    ),
    (
        "name_format",
        "Имя содержит недопустимые знаки.",
        "Есімде жарамсыз таңбалар бар.",
        "The name contains characters that are not allowed.",
    ),
    // People.
    ("iin_format", "ИИН состоит из 12 цифр.", "ЖСН 12 цифрдан тұрады.", "An IIN has 12 digits."),
    (
        "iin_control_digit",
        "Контрольная цифра ИИН не сходится.",
        "ЖСН бақылау цифры сәйкес келмейді.",
        "The control digit of the IIN is wrong.",
    ),
    (
        "iin_birth_date",
        "В ИИН записана невозможная дата рождения.",
        "ЖСН ішіндегі туған күн мүмкін емес.",
        "The IIN holds an impossible birth date.",
    ),
    (
        "birth_date_future",
        "Дата рождения ещё не наступила.",
        "Туған күн әлі келген жоқ.",
        "The birth date is in the future.",
    ),
    ("birth_date_too_old", "Дата рождения слишком давняя.", "Туған күн тым ерте.", "The birth date is too long ago."),
    // References.
    ("kato_format", "Код КАТО состоит из 9 цифр.", "ӘАОЖ коды 9 цифрдан тұрады.", "A KATO code has 9 digits."),
    (
        "unknown_territory",
        "Такой территории нет в справочнике.",
        "Анықтамалықта мұндай аумақ жоқ.",
        "There is no such territory.",
    ),
    ("date_past", "Дата уже прошла.", "Күн өтіп кеткен.", "The date has passed."),
    (
        "unknown_child",
        "Такого ребёнка нет в общем перечне.",
        "Ортақ тізімде мұндай бала жоқ.",
        "There is no such child in the shared index.",
    ),
    ("unknown_organisation", "Такой организации нет.", "Мұндай ұйым жоқ.", "There is no such organisation."),
    (
        "organisation_takes_no_signals",
        "Эта организация не рассматривает сигналы: её ведомство не ведёт случаи.",
        "Бұл ұйым сигналдарды қарамайды: оның ведомствосы жағдайларды жүргізбейді.",
        "This organisation takes no signals: its agency does not work on cases.",
    ),
    ("unknown_agency", "Такого ведомства нет.", "Мұндай ведомство жоқ.", "There is no such agency."),
    (
        "agency_code_format",
        "Код ведомства: от 2 до 20 знаков, заглавные латинские буквы, цифры и подчёркивание, первой буква.",
        "Ведомство коды: 2–20 таңба, бас латын әріптері, цифрлар және астын сызу белгісі, біріншісі әріп.",
        "An agency code has 2 to 20 characters: capital Latin letters, digits and underscores, a letter first.",
    ),
    (
        "username_format",
        "Имя пользователя: от {min} до {max} знаков из a–z, 0–9, точки, подчёркивания и дефиса.",
        "Пайдаланушы аты: {min}–{max} таңба, тек a–z, 0–9, нүкте, астын сызу белгісі және дефис.",
        "A username has {min} to {max} characters of a–z, 0–9, dot, underscore and hyphen.",
    ),
    (
        "number_format",
        "Номер записан не по образцу.",
        "Нөмір үлгіге сай жазылмаған.",
        "The number does not have its form.",
    ),
    (
        "number_check_character",
        "Контрольный знак номера не сходится.",
        "Нөмірдің бақылау таңбасы сәйкес келмейді.",
        "The check character of the number is wrong.",
    ),
    (
        "number_sequence",
        "Порядковый номер начинается с 1.",
        "Реттік нөмір 1-ден басталады.",
        "The sequence of a number starts at 1.",
    ),
    (
        "number_year",
        "Год в номере: от {min} до {max}.",
        "Нөмірдегі жыл: {min}–{max} аралығында.",
        "The year of the number lies between {min} and {max}.",
    ),
    // Meaning beyond one field.
    (
        "required",
        "Для такого вида факта это поле обязательно.",
        "Фактінің мұндай түрі үшін бұл өріс міндетті.",
        "This kind of fact needs the field.",
    ),
    (
        "not_allowed",
        "Для такого вида факта это поле не допускается.",
        "Фактінің мұндай түрі үшін бұл өріске жол берілмейді.",
        "This kind of fact does not take the field.",
    ),
    (
        "search_too_broad",
        "Слишком широкий поиск: нужны ИИН, не меньше {min} частей имени или имя с датой рождения.",
        "Іздеу тым кең: ЖСН, есімнің кемінде {min} бөлігі немесе туған күнімен бірге есім қажет.",
        "The search is too broad: give an IIN, at least {min} parts of a name, or a name with a birth date.",
    ),
    (
        "period_reversed",
        "Конец периода раньше его начала.",
        "Кезеңнің соңы басынан бұрын.",
        "The period ends before it begins.",
    ),
    (
        "period_too_long",
        "Период слишком длинный: не больше {max_years} лет.",
        "Кезең тым ұзақ: ең көбі {max_years} жыл.",
        "The period is too long: at most {max_years} years.",
    ),
    (
        "as_of_future",
        "Дата состояния ещё не наступила.",
        "Күйі сұралған күн әлі келген жоқ.",
        "The date as of which to count is in the future.",
    ),
    ("dimension_repeated", "Разрез указан дважды.", "Қима екі рет көрсетілген.", "A dimension is given twice."),
    (
        "too_many_dimensions",
        "Слишком много разрезов: не больше {max}.",
        "Қималар тым көп: ең көбі {max}.",
        "Too many dimensions: at most {max}.",
    ),
    // Times and ids.
    (
        "date_format",
        "Ожидается дата вида ГГГГ-ММ-ДД.",
        "ЖЖЖЖ-АА-КК түріндегі күн күтіледі.",
        "A date such as 2026-03-31 is expected.",
    ),
    (
        "time_format",
        "Ожидается время по RFC 3339, например 2026-03-31T09:00:00Z.",
        "RFC 3339 бойынша уақыт күтіледі, мысалы 2026-03-31T09:00:00Z.",
        "A time by RFC 3339 is expected, such as 2026-03-31T09:00:00Z.",
    ),
    ("id_format", "Ожидается UUID.", "UUID күтіледі.", "A UUID is expected."),
    (
        "id_not_v7",
        "Идентификатор должен быть UUID версии 7.",
        "Идентификатор 7-нұсқалы UUID болуы керек.",
        "The id must be a UUID of version 7.",
    ),
    // The register and its counts.
    ("date_future", "Дата ещё не наступила.", "Күн әлі келген жоқ.", "The date is in the future."),
    // Passwords.
    (
        "password_too_short",
        "Пароль слишком короткий: не меньше {min} знаков.",
        "Құпиясөз тым қысқа: кемінде {min} таңба.",
        "The password is too short: at least {min} characters.",
    ),
    (
        "password_too_long",
        "Пароль слишком длинный: не больше {max} знаков.",
        "Құпиясөз тым ұзын: ең көбі {max} таңба.",
        "The password is too long: at most {max} characters.",
    ),
    (
        "password_is_username",
        "Пароль не должен совпадать с именем пользователя.",
        "Құпиясөз пайдаланушы атымен бірдей болмауы керек.",
        "The password must not be the username.",
    ),
    (
        "password_too_common",
        "Такой пароль слишком легко угадать.",
        "Мұндай құпиясөзді табу тым оңай.",
        "This password is too easy to guess.",
    ),
    ("password_wrong", "Текущий пароль неверен.", "Қазіргі құпиясөз қате.", "The present password is wrong."),
    // Accounts.
    ("role_repeated", "Роль указана дважды.", "Рөл екі рет көрсетілген.", "The role is given twice."),
    (
        "role_not_in_agency",
        "Роль {role} не может быть дана в ведомстве {agency}.",
        "{role} рөлін {agency} ведомствосында беруге болмайды.",
        "The role {role} cannot be held in the agency {agency}.",
    ),
];

/// What a transition waits for: the codes of `missing` in `transition_refused`.
pub const MISSING: &[Row] = &[
    (
        "case_manager",
        "Назначьте ведущего специалиста.",
        "Кейсті жүргізетін маманды тағайындаңыз.",
        "Name a case manager.",
    ),
    (
        "child",
        "Укажите ребёнка: найдите его в общем перечне или внесите.",
        "Баланы көрсетіңіз: жалпы тізімнен табыңыз немесе енгізіңіз.",
        "Name the child: find it in the shared index or register it.",
    ),
    (
        "completed_assessment",
        "Нужна завершённая оценка: уровень риска, потребности и мнение самого ребёнка.",
        "Аяқталған бағалау қажет: тәуекел деңгейі, қажеттіліктер және баланың өз пікірі.",
        "A completed assessment is needed: risk level, needs and the child's own view.",
    ),
    (
        "escalation_target",
        "Укажите, куда передать случай: консилиум, комиссия или кризисное управление.",
        "Жағдай қайда жіберілетінін көрсетіңіз: консилиум, комиссия немесе дағдарыстық басқару.",
        "Say where the case goes: consilium, commission or crisis management.",
    ),
    (
        "mandatory_tasks",
        "Есть обязательные мероприятия, которые не выполнены и не отменены с указанием причины.",
        "Орындалмаған әрі себебі көрсетіліп алынып тасталмаған міндетті іс-шаралар бар.",
        "Mandatory tasks are neither done nor waived with a reason.",
    ),
    (
        "open_case",
        "Нужен открытый случай, который вам доступен.",
        "Сізге қолжетімді ашық жағдай қажет.",
        "An open case that you can see is needed.",
    ),
    (
        "other_than_author",
        "Утвердить должен не автор плана.",
        "Жоспарды оның авторы емес адам бекітуі керек.",
        "Somebody other than the plan's author must approve it.",
    ),
    (
        "other_than_proposer",
        "Решение принимает не тот, кто предложил закрытие.",
        "Шешімді жабуды ұсынған адам қабылдай алмайды.",
        "Somebody other than who proposed the closure must decide.",
    ),
    ("outcome", "Выберите исход случая.", "Жағдайдың нәтижесін таңдаңыз.", "Choose the outcome of the case."),
    ("plan", "Нет плана, ожидающего утверждения.", "Бекітуді күтіп тұрған жоспар жоқ.", "No plan waits for approval."),
    (
        "plan_tasks",
        "В плане нужна хотя бы одна цель, и у каждой цели – мероприятие с исполнителем и сроком.",
        "Жоспарда кемінде бір мақсат және әр мақсатта орындаушысы мен мерзімі бар іс-шара болуы керек.",
        "The plan needs a goal, and every goal a task with an organisation and a due date.",
    ),
    ("reason", "Укажите причину.", "Себебін көрсетіңіз.", "Give the reason."),
    (
        "register_report",
        "Сообщите о факте в единый учёт (или выберите исход «не подтверждено»).",
        "Факт туралы бірыңғай есепке хабарлаңыз (немесе «расталмады» нәтижесін таңдаңыз).",
        "Report the fact to the unified register (or choose the outcome not_confirmed).",
    ),
    ("review_recorded", "Запишите результаты пересмотра.", "Қайта қарау нәтижелерін жазыңыз.", "Record the review."),
    ("stage", "Случай находится на другом этапе.", "Жағдай басқа кезеңде тұр.", "The case stands in another stage."),
    ("supervisor", "Это делает руководитель.", "Мұны басшы жасайды.", "A supervisor must do it."),
    (
        "task_done_or_review_due",
        "Нужно хотя бы одно выполненное мероприятие, или должна наступить дата пересмотра.",
        "Кемінде бір іс-шара орындалуы немесе қайта қарау күні келуі керек.",
        "A task must be done, or the review date must have come.",
    ),
];

/// Rules of the domain that refuse a request: the codes of `reason` in `domain_rule` and the like.
pub const RULES: &[Row] = &[
    (
        "case_closed",
        "Случай закрыт: его можно только открыть снова.",
        "Жағдай жабылған: оны тек қайта ашуға болады.",
        "The case is closed: it can only be opened again.",
    ),
    (
        "case_of_other_child",
        "Случай открыт по другому ребёнку.",
        "Жағдай басқа бала бойынша ашылған.",
        "The case is about another child.",
    ),
    (
        "manager_not_eligible",
        "Ведущим может быть действующий сотрудник ведущей организации с подходящей ролью.",
        "Кейсті жетекші ұйымның тиісті рөлі бар қызметкері ғана жүргізе алады.",
        "The case manager must be an active member of the lead organisation with a fitting role.",
    ),
    (
        "no_duty_organisation",
        "На этой территории не назначена дежурная организация образования; укажите организацию.",
        "Бұл аумақта кезекші білім беру ұйымы тағайындалмаған; ұйымды көрсетіңіз.",
        "No organisation of education is on duty in this territory; name an organisation.",
    ),
    (
        "own_account_disabled",
        "Собственную учётную запись отключить нельзя.",
        "Өз есептік жазбаңызды өшіруге болмайды.",
        "You cannot disable your own account.",
    ),
    (
        "own_administrator_role",
        "Снять с себя роль администратора нельзя: это делает другой администратор.",
        "Әкімші рөлін өзіңізден алуға болмайды: оны басқа әкімші жасайды.",
        "You cannot take the administrator's role from yourself: another administrator does.",
    ),
    (
        "own_organisation_inactive",
        "Собственную организацию отключить нельзя.",
        "Өз ұйымыңызды өшіруге болмайды.",
        "You cannot deactivate your own organisation.",
    ),
    (
        "own_password_reset",
        "Свой пароль меняют через /auth/password, указав текущий.",
        "Өз құпиясөзіңізді /auth/password арқылы, қазіргісін көрсетіп өзгертіңіз.",
        "Change your own password at /auth/password, with the present one.",
    ),
    (
        "section_not_writable",
        "В этот раздел ваша роль не пишет.",
        "Бұл бөлімге сіздің рөліңіз жаза алмайды.",
        "Your role does not write in this section.",
    ),
    (
        "task_mandatory",
        "Обязательное мероприятие отменяет руководитель.",
        "Міндетті іс-шараны тек басшы алып тастай алады.",
        "A mandatory task is waived by a supervisor.",
    ),
    (
        "task_not_active",
        "План с этим мероприятием ещё не утверждён.",
        "Осы іс-шарасы бар жоспар әлі бекітілген жоқ.",
        "The plan of this task is not approved yet.",
    ),
    (
        "task_not_open",
        "Мероприятие уже выполнено или отменено.",
        "Іс-шара орындалып қойған немесе алынып тасталған.",
        "The task is already done or waived.",
    ),
    (
        "username_taken",
        "Такое имя пользователя уже занято.",
        "Мұндай пайдаланушы аты бос емес.",
        "The username is taken.",
    ),
    (
        "wrong_stage",
        "На этом этапе случая это не делается.",
        "Жағдайдың бұл кезеңінде олай жасалмайды.",
        "This is not done in the case's present stage.",
    ),
];

/// The words of a code in a table.
pub fn find(table: &[Row], code: &str) -> Option<Words> {
    table.iter().find(|row| row.0 == code).map(|&(_, ru, kk, en)| Words { ru, kk, en })
}

/// Puts parameters in the place of their names: `{max}` becomes `500`.
pub fn fill(text: &str, parameters: &[(&'static str, String)]) -> String {
    let mut filled = text.to_owned();
    for (name, value) in parameters {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    filled
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::catalogue::ProblemCode;
    use super::*;

    fn is_cyrillic(text: &str) -> bool {
        text.chars().any(|letter| ('\u{400}'..='\u{4ff}').contains(&letter))
    }

    fn placeholders(text: &str) -> HashSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    #[test]
    fn every_code_speaks_three_languages_and_stands_once() {
        for table in [FIELDS, MISSING, RULES] {
            let mut seen = HashSet::new();
            for (code, ru, kk, en) in table {
                assert!(seen.insert(*code), "{code} stands twice");
                assert!(code.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'), "{code}");
                assert!(is_cyrillic(ru) && is_cyrillic(kk) && !is_cyrillic(en), "{code}");
                assert_ne!(ru, kk, "{code}: Kazakh is a copy of Russian");
                assert!(!en.is_empty(), "{code}");
                assert_eq!(placeholders(ru), placeholders(en), "{code}");
                assert_eq!(placeholders(kk), placeholders(en), "{code}");
            }
        }
    }

    #[test]
    fn every_problem_speaks_three_languages() {
        let mut seen = HashSet::new();
        for code in ProblemCode::ALL {
            assert!(seen.insert(code.as_str()), "{code:?} shares its code");
            assert!(code.status().is_client_error() || code.status().is_server_error());
            for words in [code.title(), code.detail()] {
                assert!(is_cyrillic(words.ru) && is_cyrillic(words.kk) && !is_cyrillic(words.en), "{code:?}");
                assert_ne!(words.ru, words.kk, "{code:?}");
            }
            assert_eq!(ProblemCode::from_code(code.as_str()), Some(*code));
        }
    }

    #[test]
    fn parameters_take_the_place_of_their_names() {
        assert_eq!(fill("at most {max}.", &[("max", "5".into())]), "at most 5.");
        assert_eq!(fill("nothing", &[("max", "5".into())]), "nothing");
    }
}
