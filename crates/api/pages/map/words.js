// The page's own words. Words of indicators and states come from the server's classifiers.

export const LANGUAGES = ["ru", "kk", "en"];

const WORDS = {
  title: ["Карта риска: дети Карагандинской области", "Тәуекел картасы: Қарағанды облысының балалары", "Risk map: children of the Karaganda region"],
  languages: ["Язык", "Тіл", "Language"],
  skip: ["К содержанию", "Мазмұнға өту", "Skip to content"],
  login: ["Вход", "Кіру", "Log in"],
  loginHint: [
    "Карту видят те, кому открыта статистика регистра. Вход действует, пока открыта страница.",
    "Картаны тізілім статистикасы ашық адамдар көреді. Кіру бет ашық тұрғанда ғана жарамды.",
    "The map is for those who may see statistics of the register. You stay logged in while the page is open.",
  ],
  username: ["Имя пользователя", "Пайдаланушы аты", "User name"],
  password: ["Пароль", "Құпиясөз", "Password"],
  enter: ["Войти", "Кіру", "Log in"],
  logout: ["Выйти", "Шығу", "Log out"],
  ended: ["Сеанс окончен. Войдите снова.", "Сеанс аяқталды. Қайта кіріңіз.", "The session has ended. Log in again."],
  offline: ["Сервер не отвечает. Попробуйте ещё раз.", "Сервер жауап бермейді. Қайталап көріңіз.", "The server does not answer. Try again."],
  indicator: ["Показатель", "Көрсеткіш", "Indicator"],
  unit: ["Вид периода", "Кезең түрі", "Kind of period"],
  period: ["Период", "Кезең", "Period"],
  method: ["Числа", "Сандар", "Counts"],
  exact: ["Точные", "Нақты", "Exact"],
  protected: ["Защищённые", "Қорғалған", "Protected"],
  year: ["Год", "Жыл", "Year"],
  quarter: ["Квартал", "Тоқсан", "Quarter"],
  month: ["Месяц", "Ай", "Month"],
  school_year: ["Учебный год", "Оқу жылы", "School year"],
  print: ["Печать", "Басып шығару", "Print"],
  loading: ["Загрузка…", "Жүктелуде…", "Loading…"],
  ready: ["Показано: {what}, {period}", "Көрсетілген: {what}, {period}", "Shown: {what}, {period}"],
  mapHint: [
    "Плитки стоят примерно так, как расположены города и районы. Выбор – щелчок, Enter или пробел; по плиткам можно ходить стрелками.",
    "Плиткалар қалалар мен аудандардың орналасуына шамамен сай. Таңдау – шерту, Enter немесе бос орын пернесі; көрсеткі пернелермен жүруге болады.",
    "The tiles stand about where the cities and districts lie. Choose with a click, Enter or Space; arrow keys move between tiles.",
  ],
  north: ["С", "С", "N"],
  legend: ["Цвет: по отношению к области", "Түс: облысқа қатысты", "Colour: against the region"],
  class0: ["данных недостаточно", "дерек жеткіліксіз", "too few data"],
  class1: ["менее половины", "жартысынан аз", "less than half"],
  class2: ["ниже", "төмен", "lower"],
  class3: ["как в области", "облыстағыдай", "as the region"],
  class4: ["выше", "жоғары", "higher"],
  class5: ["более чем вдвое", "екі еседен көп", "more than twice"],
  alertSign: ["Толстая рамка и ▲▼: вышло за ожидаемые границы", "Қалың жақтау және ▲▼: күтілген шектен шықты", "Thick frame and ▲▼: outside the expected range"],
  showRegion: ["Показать область", "Облысты көрсету", "Show the region"],
  facts: ["Фактов", "Фактілер", "Facts"],
  children: ["Детей", "Балалар", "Children"],
  rate: ["На 10 000 детей", "10 000 балаға", "Per 10,000 children"],
  interval: ["Интервал", "Аралық", "Interval"],
  relative: ["К области", "Облысқа қатысты", "Against the region"],
  trend: ["К тому же периоду год назад", "Бір жыл бұрынғы сол кезеңге қарағанда", "Against the same period a year before"],
  expected: ["Ожидалось", "Күтілгені", "Expected"],
  state: ["Оценка", "Бағалау", "Assessment"],
  sufficiency: ["Достаточность данных", "Деректердің жеткіліктілігі", "Data sufficiency"],
  index: ["Сводный индекс (область = 100)", "Жиынтық индекс (облыс = 100)", "Composite index (region = 100)"],
  indexParts: ["Из чего состоит индекс", "Индекс неден тұрады", "What the index is made of"],
  weight: ["Вес", "Салмағы", "Weight"],
  ratio: ["К области", "Облысқа қатысты", "Against the region"],
  points: ["Вклад", "Үлесі", "Points"],
  history: ["Динамика", "Динамика (өзгерісі)", "Over time"],
  historyLabel: ["Факты по периодам: {points}. {range}", "Кезеңдер бойынша фактілер: {points}. {range}", "Facts by period: {points}. {range}"],
  historyRange: ["Ожидаемые границы: от {low} до {high}.", "Күтілген шек: {low} – {high}.", "Expected range: {low} to {high}."],
  forms: ["Формы и уровни", "Нысандар мен деңгейлер", "Forms and levels"],
  none: ["Нет показанных фактов", "Көрсетілген факт жоқ", "No facts shown"],
  alerts: ["Вышло за ожидаемые границы", "Күтілген шектен шыққандар", "Outside the expected range"],
  alertsNone: [
    "За ожидаемые границы не вышло ничего (сравнений: {compared}).",
    "Күтілген шектен ештеңе шыққан жоқ (салыстырулар: {compared}).",
    "Nothing has left the expected range ({compared} compared).",
  ],
  alertsCaption: [
    "Сравнений: {compared}; случайно за границы вышло бы до {chance}.",
    "Салыстырулар: {compared}; кездейсоқ {chance} дейін шығар еді.",
    "{compared} compared; by chance alone up to {chance} would be listed.",
  ],
  place: ["Город или район", "Қала немесе аудан", "City or district"],
  table: ["То же таблицей", "Кесте түрінде", "The same as a table"],
  notes: ["Примечания", "Ескертпелер", "Notes"],
  asOf: ["По состоянию регистра на конец дня: {day}.", "Тізілімнің күн соңындағы күйі бойынша: {day}.", "Register as of the end of {day}."],
  incomplete: ["Период ещё не окончен.", "Кезең әлі аяқталған жоқ.", "The period is not over yet."],
  provisional: ["Параметры и веса предварительные.", "Параметрлер мен салмақтар алдын ала.", "Parameters and weights are provisional."],
  childrenFrom: ["Численность детей: {source}", "Балалар саны: {source}", "Numbers of children: {source}"],
  estimated: ["(оценка)", "(бағалау)", "(estimate)"],
  noValue: ["нет", "жоқ", "none"],
};

/** A word in a language; `{name}` is filled in. */
export function word(key, language, values = {}) {
  const text = WORDS[key]?.[LANGUAGES.indexOf(language)] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** A number as the language writes it. */
export function number(value, language, digits = 0) {
  if (value === null || value === undefined) return "–";
  // Not every browser knows Kazakh; its numbers are written as in Russian.
  return new Intl.NumberFormat(language === "kk" ? "ru" : language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
}

/** The first language of the browser that the page speaks; Russian otherwise. */
export function preferred(languages) {
  return languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => LANGUAGES.includes(tag)) ?? "ru";
}
