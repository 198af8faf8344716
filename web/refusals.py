"""What a refusal says to a person, and as which HTTP status it goes out."""

from typing import Any, NamedTuple

from livechat.errors import Code, Refused
from livechat.messages import refused
from web.texts import N_, Text, Texts


class Saying(NamedTuple):
    """A refusal in words, and its HTTP status."""

    status: int
    text: Text


SAYINGS: dict[Code, Saying] = {
    "malformed": Saying(400, N_("Meddelandet gick inte att läsa.")),
    "unknown_type": Saying(400, N_("Tjänsten känner inte till det kommandot.")),
    "invalid": Saying(400, N_("Ett fält saknas eller är fel: %(field)s.")),
    "too_large": Saying(413, N_("Meddelandet är för stort.")),
    "unknown_meeting": Saying(404, N_("Det finns inget möte på den här adressen. Kontrollera länken.")),
    "unknown_role": Saying(400, N_("Den rollen finns inte.")),
    "no_session": Saying(403, N_("Du behöver öppna din länk på nytt för att komma in.")),
    "bad_link": Saying(403, N_("Länken gäller inte. Den kan ha bytts ut eller gått ut. Be om en ny.")),
    "not_permitted": Saying(403, N_("Det här får du inte göra i din roll.")),
    "epoch_changed": Saying(409, N_("Mötet har börjat om sedan du skrev. Läs igenom din text och skicka den igen.")),
    "unknown_comment": Saying(404, N_("Kommentaren finns inte eller visas inte längre.")),
    "unknown_item": Saying(400, N_("Punkten finns inte på dagordningen.")),
    "unknown_channel": Saying(400, N_("Kanalen finns inte i mötet.")),
    "unknown_body": Saying(400, N_("Den som framför kommentaren finns inte på mötets lista.")),
    "cannot_carry": Saying(409, N_("Kommentarerna kan inte läggas ihop: den du valde väntar inte och visas inte.")),
    "comments_not_open": Saying(
        409, N_("Det går inte att skicka kommentarer än. Ordföranden öppnar för kommentarer när mötet börjar.")
    ),
    "comments_paused": Saying(409, N_("Kommentarerna är pausade. Din text finns kvar.")),
    "item_closed": Saying(409, N_("Punkten behandlas bakom stängda dörrar. Din text finns kvar.")),
    "queue_full": Saying(503, N_("Just nu väntar så många kommentarer att moderatorerna inte hinner läsa fler.")),
    "empty_text": Saying(400, N_("Skriv något innan du skickar.")),
    "text_too_long": Saying(400, N_("Texten är för lång. Den får vara högst 500 tecken.")),
    "secret_reused": Saying(409, N_("Den här kommentaren har redan skickats, med en annan text.")),
    "already_decided": Saying(409, N_("Någon annan hann före.")),
    "wrong_outcome": Saying(409, N_("Kommentaren har redan gått vidare.")),
    "bad_ballot": Saying(403, N_("Din röst kunde inte tas emot i det här mötet. Ladda om sidan och försök igen.")),
    "ballots_closed": Saying(409, N_("Det går inte längre att stödja kommentarer i mötet.")),
    "too_fast": Saying(429, N_("Det går lite för fort. Vänta en stund och försök igen.")),
    "too_busy": Saying(503, N_("Just nu är det många som skriver. Vänta en stund och försök igen.")),
    "not_saved": Saying(503, N_("Det gick inte att spara just nu. Din text finns kvar, försök igen om en stund.")),
    "item_takes_none": Saying(
        409, N_("Punkten tar inte emot kommentarer just nu. Din text finns kvar. Du kan välja en annan punkt.")
    ),
    "unknown_member": Saying(400, N_("Den ledamoten finns inte på mötets lista.")),
    "acted_since": Saying(409, N_("Något har hänt sedan dess, så det går inte att ångra. Ingenting är ändrat.")),
    "not_reachable": Saying(503, N_("Mötet går inte att nå just nu. Försök igen om en stund.")),
    "rehearsal_over": Saying(
        409,
        N_("Repetitionen är slut. Det här hörde till den och finns inte i mötet. Har du skrivit en text är den kvar."),
    ),
}


def sentence(refusal: Refused, texts: Texts) -> str:
    """The refusal in words."""
    field = refusal.details.get("field") or "?"
    return texts.gettext(SAYINGS[refusal.code].text).replace("%(field)s", field)


def answer(refusal: Refused, texts: Texts, ref: str | None = None) -> dict[str, Any]:
    """The refusal as a frame."""
    return refused(refusal, sentence(refusal, texts), ref)


def status(refusal: Refused) -> int:
    """The refusal's HTTP status."""
    return SAYINGS[refusal.code].status
