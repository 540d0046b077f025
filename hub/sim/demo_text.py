"""What the demonstration says in the terminal, in three languages."""

from collections.abc import Mapping
from typing import Final

SAYS: Final[Mapping[str, Mapping[str, str]]] = {
    "kk": {
        "starting": "Көрсетілім іске қосылып жатыр …",
        "port_taken": "{wanted}-порт бос емес, оның орнына {port}-порт алынды.",
        "ready": """
№17 мектеп жұмыс істеп тұр: {devices} датчик, мектеп уақыты {speed} есе жылдам өтеді.

  Мектептің беті      {page}
  Жедел штаб          {console}
  Брокер              {broker}
  Кіру                шаруашылық меңгерушісі: PIN-код {caretaker}; инспектор: аты {name}, құпиясөз {password}
  Файлдар             {folder}

Дабыл түймесін басу үшін: p, сосын Enter (немесе штаб бетіндегі түйме).
Аяқтау үшін: Ctrl-C.
""",
        "pressed": "Дабыл түймесі басылды: {device}. Екі бетті де қараңыз.",
        "not_pressed": "Брокер жауап бермей тұр, түйме басылмады.",
        "keys": "p — дабыл түймесін басу, Ctrl-C — аяқтау.",
        "ended": "«{name}» өздігінен тоқтады, сондықтан көрсетілім аяқталады. Журналының соңы:\n{words}",
        "no_page": "Бет {seconds} секунд ішінде ашылмады. Хаб журналының соңы:\n{words}",
        "no_broker": "Брокер іске қосылмады: {why}",
        "no_port": "{wanted}-порттан бастап бос порт жоқ.",
        "no_lines": "Мұнда псевдотерминал жоқ: ескі панельдің тізбекті порттағы датчиктері көрсетілмейді.",
        "speed": "--speed 1 мен {fastest} аралығында болуы керек.",
        "folder": "{folder} қалтасын ашу мүмкін болмады: {why}",
        "bye": "Көрсетілім аяқталды.",
    },
    "ru": {
        "starting": "Демонстрация запускается …",
        "port_taken": "Порт {wanted} занят, вместо него взят {port}.",
        "ready": """
Школа №17 работает: датчиков {devices}, школьное время идёт быстрее обычного: ×{speed}.

  Страница школы      {page}
  Оперативный штаб    {console}
  Брокер              {broker}
  Вход                завхоз: PIN-код {caretaker}; инспектор: имя {name}, пароль {password}
  Файлы               {folder}

Нажать тревожную кнопку: p и Enter (или кнопка на странице штаба).
Закончить: Ctrl-C.
""",
        "pressed": "Тревожная кнопка нажата: {device}. Смотрите обе страницы.",
        "not_pressed": "Брокер не отвечает, кнопка не нажата.",
        "keys": "p — нажать тревожную кнопку, Ctrl-C — закончить.",
        "ended": "«{name}» остановился сам, поэтому демонстрация заканчивается. Конец его журнала:\n{words}",
        "no_page": "Страница не открылась за {seconds} секунд. Конец журнала хаба:\n{words}",
        "no_broker": "Брокер не запустился: {why}",
        "no_port": "Свободных портов начиная с {wanted} нет.",
        "no_lines": "Псевдотерминалов здесь нет: датчики старой панели на последовательном порту не показаны.",
        "speed": "--speed должно быть от 1 до {fastest}.",
        "folder": "Папку {folder} не удалось открыть: {why}",
        "bye": "Демонстрация закончена.",
    },
    "en": {
        "starting": "The demonstration is starting …",
        "port_taken": "Port {wanted} is in use, {port} is taken instead.",
        "ready": """
School No. 17 is running: {devices} sensors, school time passes {speed} times faster than life.

  The school's page   {page}
  Headquarters        {console}
  Broker              {broker}
  Sign in             caretaker: PIN {caretaker}; inspector: name {name}, password {password}
  Files               {folder}

To press a panic button: p and Enter (or the button on headquarters' page).
To end: Ctrl-C.
""",
        "pressed": "The panic button was pressed: {device}. Watch both pages.",
        "not_pressed": "The broker does not answer, the button was not pressed.",
        "keys": "p presses a panic button, Ctrl-C ends.",
        "ended": "'{name}' has ended by itself, so the demonstration ends. The end of its log:\n{words}",
        "no_page": "The page did not open within {seconds} seconds. The end of the hub's log:\n{words}",
        "no_broker": "The broker did not start: {why}",
        "no_port": "There is no free port from {wanted} on.",
        "no_lines": "There are no pseudo terminals here: the sensors of the old panel on its serial port are left out.",
        "speed": "--speed must be from 1 to {fastest}.",
        "folder": "The folder {folder} can't be opened: {why}",
        "bye": "The demonstration has ended.",
    },
}
