//! The words of the documents. Wording of this program, not of any order.

use crate::problem::Words;

macro_rules! words {
    ($( $name:ident = $ru:literal, $kk:literal, $en:literal; )+) => {
        $( pub(super) const $name: Words = Words { ru: $ru, kk: $kk, en: $en }; )+
    };
}

words! {
    CONFIDENTIAL = "Конфиденциально, личный экземпляр", "Құпия, жеке дана", "Confidential, personal copy";
    CLOSED_TO_YOU = "Текст хранится в разделе, который вам закрыт.", "Мәтін сізге жабық бөлімде сақталған.", "The text is kept in a section that is closed to you.";
    SESSION_TITLE = "Протокол заседания психолого-педагогического консилиума", "Психологиялық-педагогикалық консилиум отырысының хаттамасы", "Record of a session of the psychological and pedagogical consilium";
    SESSION_NAME = "Заседание", "Отырыс", "Session";
    CONVENED_BY = "Созвано", "Шақырған", "Convened by";
    PLACE = "Место", "Өтетін жері", "Place";
    SCHEDULED = "Назначено на", "Белгіленген уақыты", "Scheduled for";
    OPENED = "Открыто", "Ашылды", "Opened";
    ENDED = "Окончено", "Аяқталды", "Ended";
    STATUS = "Состояние", "Күйі", "Status";
    CANCEL_REASON = "Причина отмены", "Бас тарту себебі", "Why it was cancelled";
    BOARD = "Состав консилиума", "Консилиум құрамы", "The board";
    NAME = "Имя", "Аты-жөні", "Name";
    ORGANISATION = "Организация", "Ұйым", "Organisation";
    ROLE = "Роль", "Рөлі", "Role";
    PRESENT = "Присутствие", "Қатысуы", "Present";
    YES = "да", "иә", "yes";
    NO = "нет", "жоқ", "no";
    NOT_RECORDED = "не отмечено", "белгіленбеген", "not recorded";
    QUORUM_RULE = "Правило кворума", "Кворум ережесі", "Quorum";
    QUORUM_TEXT = "присутствует не меньше {percent} % голосующих, среди них председатель или заместитель, из {agencies} ведомств или больше", "дауыс беретіндердің кемінде {percent} %-ы, олардың ішінде төраға немесе орынбасары, кемінде {agencies} ведомстводан қатысады", "at least {percent} % of those who vote are present, the chair or the deputy among them, from {agencies} agencies or more";
    AGENDA_ITEM = "Случай", "Жағдай", "Case";
    QUESTION = "Вопрос", "Мәселе", "Question";
    NO_VOTE = "Не голосует", "Дауыс бермейді", "Does not vote";
    VOTES = "Голоса", "Дауыстар", "Votes";
    DECISION = "Решение", "Шешім", "Decision";
    UNDECIDED = "Решение не принято.", "Шешім қабылданған жоқ.", "Not decided.";
    OPINION = "Мнение", "Пікір", "Opinion";
    TASK = "Поручение", "Тапсырма", "Task";
    DUE = "Срок", "Мерзімі", "Due";
    MANDATORY = "Обязательно", "Міндетті", "Mandatory";
    AGENDA_HIDDEN = "Случаев повестки, которые вам сейчас открыты, нет.", "Күн тәртібінде қазір сізге ашық жағдай жоқ.", "No case of the agenda is open to you now.";
    PROTOCOL_TITLE = "Протокол заседания группы по квалификации фактов суицидального поведения", "Суицидтік мінез-құлық фактілерін саралау тобы отырысының хаттамасы", "Protocol of a session of the group that qualifies facts of suicidal behaviour";
    PROTOCOL_NUMBER = "Номер протокола", "Хаттама нөмірі", "Protocol number";
    GROUP = "Состав группы", "Топ құрамы", "The group";
    AGENCY = "Ведомство", "Ведомство коды", "Agency";
    GROUP_QUORUM_TEXT = "присутствует не меньше {percent} % тех, кто оценивает факт, среди них председатель или заместитель, из {bodies} органов или больше", "фактіні бағалайтындардың кемінде {percent} %-ы, олардың ішінде төраға немесе орынбасары, кемінде {bodies} органнан қатысады", "at least {percent} % of those who judge the fact are present, the chair or the deputy among them, from {bodies} bodies or more";
    AGENDA_FACT = "Факт", "Факт №", "Fact";
    FACT_DAY = "Дата события", "Оқиға күні", "Day of the event";
    LEVEL = "Уровень", "Деңгейі", "Level";
    NO_OPINION = "Не даёт заключения", "Қорытынды бермейді", "Gives no opinion";
    JUDGED_BY = "Заключения учтены", "Қорытындылары ескерілгендер", "Opinions counted";
    FACTS_HIDDEN = "Фактов повестки, которые вам сейчас открыты, нет.", "Күн тәртібінде қазір сізге ашық факт жоқ.", "No fact of the agenda is open to you now.";
    CLOSURE_TITLE = "Итоговая справка по случаю", "Жағдай бойынша қорытынды анықтама", "Summary of a case at closure";
    CASE_NUMBER = "Номер случая", "Жағдай нөмірі", "Case number";
    CASE_OPENED = "Открыт", "Ашылған күні", "Opened on";
    CASE_CLOSED = "Закрыт", "Жабылған күні", "Closed on";
    CASE_NOT_CLOSED = "закрытие предложено, решения ещё нет", "жабу ұсынылды, шешім әлі жоқ", "closure is proposed and not decided yet";
    OUTCOME = "Исход", "Нәтижесі", "Outcome";
    REASON = "Обоснование", "Негіздеме", "Reason";
    LEAD = "Ведущая организация", "Жетекші ұйым", "Lead organisation";
    MANAGER = "Ведущий специалист", "Жүргізуші маман", "Case manager";
    PARTICIPANTS = "Участники", "Қатысушылар", "Participants";
    SINCE = "С какого дня", "Қай күннен", "Since";
    RISK_COURSE = "Как менялся уровень риска", "Тәуекел деңгейі қалай өзгерді", "Course of the risk";
    DAY = "День", "Күні", "Day";
    EVENT = "Событие", "Оқиға", "Event";
    RISK = "Уровень риска", "Тәуекел деңгейі", "Risk";
    WORK = "Проделанная работа", "Атқарылған жұмыс", "What was done";
    ASSESSMENTS = "Оценок", "Бағалау саны", "Assessments";
    PLANS = "Утверждённых планов", "Бекітілген жоспар саны", "Approved plans";
    REVIEWS = "Пересмотров", "Қайта қарау саны", "Reviews";
    TASKS = "Мероприятия", "Іс-шаралар", "Tasks";
    TASKS_DONE = "Выполнено", "Орындалды", "Done";
    TASKS_IN_TIME = "Из них в срок", "Оның ішінде мерзімінде", "In time";
    TASKS_LATE = "Из них позже срока", "Оның ішінде кешігіп", "Late";
    TASKS_WAIVED = "Отменено с указанием причины", "Себебі көрсетіліп алынды", "Waived with a reason";
    TASKS_OPEN = "Не выполнено", "Орындалмады", "Open";
    BOARD_DECISIONS = "Решений консилиума", "Консилиум шешімдері", "Decisions of the consilium";
    REPORTS = "Сообщений в единый учёт", "Бірыңғай есепке хабарлама саны", "Reports to the unified register";
}
