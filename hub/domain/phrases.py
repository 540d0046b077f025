"""What each alarm says and what to do about it, in Kazakh, Russian and English, without place and time."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.domain.headings import COLUMN, Texts

WHAT: Final[Mapping[str, Texts]] = MappingProxyType(
    {
        "panic": ("дабыл түймесі басылды", "нажата тревожная кнопка", "the panic button was pressed"),
        "help": ("біреу көмек сұрап тұр", "просят о помощи", "somebody asks for help"),
        "tamper": ("датчиктің корпусы ашылды", "вскрыт корпус датчика", "the sensor's case was opened"),
        "loop_fault": (
            "түйменің сымы зақымдалған",
            "повреждён провод кнопки",
            "the button's wire is damaged",
        ),
        "untested": (
            "дабыл түймесі көптен бері тексерілмеген",
            "тревожная кнопка давно не проверялась",
            "the panic button has not been tested for long",
        ),
        "intrusion": (
            "есік жұмыс уақытынан тыс ашылды",
            "дверь открыта в нерабочее время",
            "the door was opened out of hours",
        ),
        "door_forced": ("есік күшпен ашылды", "дверь взломана", "the door was forced"),
        "door_held": ("есік ашық қалды", "дверь оставлена открытой", "the door is held open"),
        "exit_open": ("авариялық шығу есігі ашық", "открыт запасный выход", "the emergency exit is open"),
        "dark": (
            "қараңғы, жарық болуы керек",
            "темно, хотя должно быть светло",
            "it is dark while it should be lit",
        ),
        "lamp_fault": ("шам жанбай тұр", "лампа не горит", "the lamp does not light"),
        "left_on": ("жарық өшірілмей қалды", "свет оставлен включённым", "the light was left on"),
        "leak": ("су ағып жатыр", "протечка воды", "water is leaking"),
        "smoke_or_vape": ("түтін немесе вейп буы", "дым или пар вейпа", "smoke or vapour"),
        "long_stay": (
            "біреу ішінен көптен бері шықпай жатыр",
            "кто-то слишком долго не выходит",
            "somebody has been inside for very long",
        ),
        "air_poor": ("ауасы нашар", "плохой воздух", "the air is poor"),
        "camera_down": ("камерамен байланыс жоқ", "нет связи с камерой", "the camera can't be reached"),
        "poster_down": (
            "111 байланыс орталығының плакатындағы код істемей тұр",
            "код на плакате контакт-центра 111 не работает",
            "the code on a poster of the contact centre 111 does not work",
        ),
        "silent": ("датчик белгі бермей тұр", "датчик молчит", "the sensor is silent"),
        "suspect": (
            "датчик көрсеткіші күмәнді",
            "показания датчика сомнительны",
            "the sensor's readings can't be believed",
        ),
        "battery_low": ("датчиктің батареясы таусылып барады", "у датчика садится батарея", "the battery is low"),
        "flood": (
            "датчик тым көп хабар жіберіп тұр",
            "датчик отправляет слишком много сообщений",
            "the sensor sends too many messages",
        ),
        "store_failing": (
            "жад істен шықты, хабарлар сақталмайды",
            "память не работает, сообщения не сохраняются",
            "the store fails: messages are not kept",
        ),
        "hq_line_lost": ("штабпен байланыс жоқ", "связи со штабом нет", "the line to headquarters is down"),
        "probe_failed": (
            "тексеру хабары штабқа жетпеді",
            "проверочное сообщение не дошло до штаба",
            "the test message did not reach headquarters",
        ),
        "channel_down": ("хабарлау арнасы істемей тұр", "канал оповещения не работает", "a message channel is down"),
        "disk_low": ("жадта орын таусылып барады", "в памяти кончается место", "the disk is nearly full"),
        "broker_down": (
            "хаб датчиктердің хабарын ала алмай тұр",
            "хаб не получает сообщений от датчиков",
            "the hub gets no messages from the sensors",
        ),
        "bridge_down": (
            "сымсыз датчиктермен байланыс жоқ",
            "нет связи с беспроводными датчиками",
            "no connection to the wireless sensors",
        ),
        "port_down": (
            "сымды датчиктермен байланыс жоқ",
            "нет связи с проводными датчиками",
            "no connection to the wired sensors",
        ),
        "clock_untrusted": ("сағат дұрыс емес болуы мүмкін", "часы могут идти неверно", "the clock may be wrong"),
    }
)

ACTION: Final[Mapping[str, Texts]] = MappingProxyType(
    {
        "panic": (
            "Дереу сол жерге барыңыз.",
            "Немедленно идите на место.",
            "Go there at once.",
        ),
        "help": (
            "Дереу барып, көмектесіңіз.",
            "Немедленно идите и помогите.",
            "Go there and help at once.",
        ),
        "tamper": (
            "Датчикті қарап, корпусын жабыңыз.",
            "Осмотрите датчик и закройте корпус.",
            "Look at the sensor and close its case.",
        ),
        "loop_fault": (
            "Түйме істемеуі мүмкін: бүгін жөндетіңіз.",
            "Кнопка может не сработать: вызовите ремонт сегодня.",
            "The button may not work: have it repaired today.",
        ),
        "untested": (
            "Түймені тексеріңіз: оқу-жаттығу дабылын белгілеп, басыңыз немесе алдымен сервистік түймесін бес секунд "
            "басып тұрыңыз.",
            "Проверьте кнопку: назначьте учебную тревогу и нажмите её или сначала пять секунд удерживайте её сервисную "
            "кнопку.",
            "Test the button: announce a drill and press it, or hold its service button for five seconds first.",
        ),
        "intrusion": (
            "Кім ашқанын анықтаңыз, жалғыз бармаңыз.",
            "Выясните, кто открыл; не ходите в одиночку.",
            "Find out who opened it; don't go alone.",
        ),
        "door_forced": (
            "Жалғыз бармаңыз, күзетшіні шақырыңыз.",
            "Не ходите в одиночку, вызовите охрану.",
            "Don't go alone, call the guard.",
        ),
        "door_held": ("Есікті жабыңыз.", "Закройте дверь.", "Close the door."),
        "exit_open": (
            "Тексеріп, есікті жабыңыз.",
            "Проверьте и закройте дверь.",
            "Check it and close the door.",
        ),
        "dark": (
            "Жарықты қосыңыз; жанбаса, сақтандырғышты тексеріңіз.",
            "Включите свет; если не горит, проверьте предохранитель.",
            "Switch the light on; if it stays dark, check the fuse.",
        ),
        "lamp_fault": ("Шамды ауыстырыңыз.", "Замените лампу.", "Replace the lamp."),
        "left_on": ("Жарықты өшіріңіз.", "Выключите свет.", "Switch the light off."),
        "leak": (
            "Суды жауып, еденді сүртіңіз.",
            "Перекройте воду и вытрите пол.",
            "Shut the water off and dry the floor.",
        ),
        "smoke_or_vape": (
            "Барып қараңыз; өрт шықса, 101-ге қоңырау шалыңыз.",
            "Пойдите и проверьте; при пожаре звоните 101.",
            "Go and look; if it burns, call 101.",
        ),
        "long_stay": (
            "Есікті қағып, көмек керек пе деп сұраңыз.",
            "Постучите и спросите, нужна ли помощь.",
            "Knock and ask whether help is needed.",
        ),
        "air_poor": ("Бөлмені желдетіңіз.", "Проветрите помещение.", "Air the room."),
        "poster_down": (
            "Жаңа плакатты басып шығарып, іліңіз; көмектеспесе, инспекторға айтыңыз.",
            "Распечатайте и повесьте новый плакат; если не поможет, сообщите инспектору.",
            "Print a new poster and hang it up; if that does not help, tell the inspector.",
        ),
        "camera_down": (
            "Камераның қуат көзі мен сымын тексеріңіз.",
            "Проверьте питание и кабель камеры.",
            "Check the camera's power and cable.",
        ),
        "silent": (
            "Датчиктің қуат көзін тексеріңіз.",
            "Проверьте питание датчика.",
            "Check the sensor's power.",
        ),
        "suspect": (
            "Датчикті өшіріп, қайта қосыңыз; көмектеспесе, ауыстырыңыз.",
            "Выключите и включите датчик; если не поможет, замените его.",
            "Switch the sensor off and on; if that does not help, replace it.",
        ),
        "battery_low": ("Батареяны ауыстырыңыз.", "Замените батарею.", "Replace the battery."),
        "flood": (
            "Датчикті өшіріп, қайта қосыңыз; қайталанса, инспекторға айтыңыз.",
            "Выключите и включите датчик; если повторится, сообщите инспектору.",
            "Switch the sensor off and on; if it goes on, tell the inspector.",
        ),
        "store_failing": (
            "Дабылдар бұрынғыша жіберіліп тұр; инспекторға айтыңыз.",
            "Тревоги по-прежнему отправляются; сообщите инспектору.",
            "Alarms are still sent; tell the inspector.",
        ),
        "hq_line_lost": (
            "Интернетті тексеріңіз. Қауіп төнсе, 102-ге қоңырау шалыңыз.",
            "Проверьте интернет. При опасности звоните 102.",
            "Check the internet. In danger, call 102.",
        ),
        "probe_failed": (
            "Интернетті тексеріңіз; бір сағаттан кейін қайта тексеріледі. Қайталанса, инспекторға айтыңыз.",
            "Проверьте интернет; через час проверка повторится. Если снова не дойдёт, сообщите инспектору.",
            "Check the internet; it is tried again in an hour. If it fails again, tell the inspector.",
        ),
        "channel_down": ("Инспекторға айтыңыз.", "Сообщите инспектору.", "Tell the inspector."),
        "disk_low": (
            "Инспекторға айтыңыз: орын босату немесе жад картасын ауыстыру керек.",
            "Сообщите инспектору: нужно освободить место или заменить карту памяти.",
            "Tell the inspector: room must be made or the memory card be replaced.",
        ),
        "broker_down": (
            "Хабты өшіріп, қайта қосыңыз; көмектеспесе, инспекторға айтыңыз.",
            "Выключите и включите хаб; если не поможет, сообщите инспектору.",
            "Switch the hub off and on; if that doesn't help, tell the inspector.",
        ),
        "bridge_down": (
            "Хабқа жалғанған Zigbee антеннасын тексеріңіз; көмектеспесе, инспекторға айтыңыз.",
            "Проверьте антенну Zigbee, подключённую к хабу; если не поможет, сообщите инспектору.",
            "Check the Zigbee antenna that is plugged into the hub; if that doesn't help, tell the inspector.",
        ),
        "port_down": (
            "Датчиктердің хабқа келетін сымын тексеріңіз; көмектеспесе, инспекторға айтыңыз.",
            "Проверьте кабель датчиков у хаба; если не поможет, сообщите инспектору.",
            "Check the sensors' cable at the hub; if that doesn't help, tell the inspector.",
        ),
        "clock_untrusted": (
            "Интернетті тексеріңіз: сағат сол арқылы түзетіледі.",
            "Проверьте интернет: часы сверяются по нему.",
            "Check the internet: the clock is set by it.",
        ),
    }
)


def what(code: str, language: str) -> str:
    """What an alarm of type `code` says, without place and time."""
    return WHAT[code][COLUMN[language]]


def action(code: str, language: str) -> str:
    """What to do about it: one sentence."""
    return ACTION[code][COLUMN[language]]
