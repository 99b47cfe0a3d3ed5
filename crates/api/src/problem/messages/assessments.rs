//! Assessments, instruments and plans.

use super::Row;

/// What can be wrong with a field.
pub const FIELDS: &[Row] = &[
    // Assessments and plans.
    (
        "code_format",
        "Код: от 2 до {max} знаков из a–z, 0–9 и подчёркивания, первой буква.",
        "Код: a–z, 0–9 және астын сызу белгісінен 2–{max} таңба, біріншісі әріп.",
        "A code has 2 to {max} characters of a–z, 0–9 and underscore, a letter first.",
    ),
    ("code_repeated", "Код указан дважды.", "Код екі рет көрсетілген.", "The code is given twice."),
    ("id_repeated", "Идентификатор указан дважды.", "Идентификатор екі рет көрсетілген.", "The id is given twice."),
    (
        "bounds_reversed",
        "Верхняя граница должна быть больше нижней.",
        "Жоғарғы шек төменгісінен үлкен болуы керек.",
        "The upper bound must be above the lower one.",
    ),
    (
        "purpose_is_text",
        "Ответ с таким назначением – свободный текст.",
        "Мұндай мақсаттағы жауап еркін мәтін болуы керек.",
        "An answer with this purpose is a free text.",
    ),
    (
        "child_view_missing",
        "В инструменте нужен вопрос о мнении самого ребёнка.",
        "Құралда баланың өз пікірі туралы сұрақ болуы керек.",
        "An instrument needs a question for the child's own view.",
    ),
    (
        "child_view_always",
        "Мнение ребёнка спрашивают всегда: вопрос обязателен и без условия.",
        "Баланың пікірі әрдайым сұралады: сұрақ міндетті және шартсыз.",
        "The child's view is always asked for: the question is required and has no condition.",
    ),
    (
        "question_not_before",
        "Условие ссылается на вопрос с выбором или числом, который стоит раньше.",
        "Шарт бұрын тұрған таңдауы немесе саны бар сұраққа сілтейді.",
        "A condition refers to a question with a choice or a number that stands before.",
    ),
    (
        "threshold_gap",
        "Пороги должны охватывать все баллы: первый порог общего балла – с нуля.",
        "Шектер барлық балдарды қамтуы керек: жалпы балдың бірінші шегі нөлден басталады.",
        "Thresholds must cover all scores: the first one of the whole begins at 0.",
    ),
    (
        "threshold_order",
        "Пороги одной шкалы идут по возрастанию.",
        "Бір шкаланың шектері өсу ретімен тұрады.",
        "The thresholds of a scale stand in rising order.",
    ),
    (
        "threshold_risk_falls",
        "При большем балле риск не может быть меньше.",
        "Балл көп болса, тәуекел азаймайды.",
        "A higher score cannot mean a lesser risk.",
    ),
    (
        "unknown_question",
        "Такого вопроса в инструменте нет.",
        "Құралда мұндай сұрақ жоқ.",
        "The instrument has no such question.",
    ),
    (
        "answer_missing",
        "Нет ответа на обязательный вопрос {question}.",
        "{question} міндетті сұрағына жауап жоқ.",
        "The required question {question} has no answer.",
    ),
    (
        "answer_not_asked",
        "При данных ответах этот вопрос не задаётся; уберите ответ.",
        "Берілген жауаптарда бұл сұрақ қойылмайды; жауапты алып тастаңыз.",
        "Given the other answers this question is not asked; take the answer out.",
    ),
    (
        "risk_reason_needed",
        "Ваша оценка риска отличается от результата: укажите причину.",
        "Тәуекелді бағалауыңыз нәтижеден өзгеше: себебін көрсетіңіз.",
        "Your judgement of the risk differs from the result: give the reason.",
    ),
    (
        "unknown_instrument",
        "Такого инструмента или такой версии нет.",
        "Мұндай құрал немесе нұсқа жоқ.",
        "There is no such instrument or version.",
    ),
    (
        "instrument_not_in_force",
        "Эта версия инструмента ещё не действует.",
        "Құралдың бұл нұсқасы әлі күшіне енген жоқ.",
        "This version of the instrument is not in force yet.",
    ),
    (
        "unknown_task",
        "В планах этого случая нет такого мероприятия.",
        "Осы жағдайдың жоспарларында мұндай іс-шара жоқ.",
        "The plans of this case have no such task.",
    ),
    (
        "task_not_continued",
        "Продолжить можно только открытое мероприятие утверждённого плана.",
        "Тек бекітілген жоспардың ашық іс-шарасын жалғастыруға болады.",
        "Only an open task of an approved plan can be continued.",
    ),
    (
        "task_stays_mandatory",
        "Обязательное мероприятие и в новом плане остаётся обязательным.",
        "Міндетті іс-шара жаңа жоспарда да міндетті болып қалады.",
        "A mandatory task stays mandatory in the new plan.",
    ),
];

/// Why a rule of the domain refuses.
pub const RULES: &[Row] = &[
    (
        "assessment_completed",
        "Оценка завершена и больше не изменяется; внесите новую.",
        "Бағалау аяқталған, енді өзгертілмейді; жаңасын енгізіңіз.",
        "The assessment is completed and is never changed; make a new one.",
    ),
    (
        "assessment_not_completed",
        "Сравниваются только завершённые оценки.",
        "Тек аяқталған бағалаулар салыстырылады.",
        "Only completed assessments are compared.",
    ),
    (
        "plan_not_draft",
        "Этот план не ждёт утверждения.",
        "Бұл жоспар бекітуді күтіп тұрған жоқ.",
        "This plan does not wait for approval.",
    ),
    (
        "plan_own",
        "Свой план не возвращают: напишите новый.",
        "Өз жоспарын қайтармайды: жаңасын жазыңыз.",
        "One does not return one's own plan: write another.",
    ),
];
