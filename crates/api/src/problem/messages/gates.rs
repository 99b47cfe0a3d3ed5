//! Gates of the lifecycle.

use super::Row;

/// What an action waits for.
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
