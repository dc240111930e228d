"""The few building blocks that every page lays out: our own HTML, a slot for messages, a panel."""

from typing import Any

import gradio as gr

# Passes a click on any [data-do] inside the component on to Python, as event data `do` and `id`.
_CLICKS = """
element.addEventListener('click', (event) => {
  const hit = event.target.closest('[data-do]');
  if (!hit || !element.contains(hit)) return;
  event.preventDefault();
  trigger('click', {do: hit.dataset.do, id: hit.dataset.id || ''});
});
"""

# Passes a form inside the component on to Python when it is sent or a row is reset: the texts of the rows that were
# touched (or are not saved yet), the row, and which groups stand open. Then the keyboard goes on at the first wrong
# field, or where it was.
_FORM = """
let last = null;
const send = (reset) => {
  last = document.activeElement?.id || '';
  const fields = {};
  for (const row of element.querySelectorAll('[data-row]')) {
    const inputs = [...row.querySelectorAll('input')];
    if (row.dataset.row !== 'draft' && inputs.every((one) => one.value === one.defaultValue)) continue;
    for (const one of inputs) fields[one.name] = one.value;
  }
  const open = [...element.querySelectorAll('details[open]')].map((one) => one.dataset.group || '');
  trigger('submit', {fields, reset, open});
};
element.addEventListener('submit', (event) => { event.preventDefault(); send(''); });
element.addEventListener('click', (event) => {
  const hit = event.target.closest('[data-do=reset]');
  if (hit) send(hit.dataset.id);
});
watch('value', () => {
  if (last === null) return;
  const next = element.querySelector('[aria-invalid=true]') || (last && document.getElementById(last));
  last = null;
  if (next && element.contains(next)) next.focus();
});
"""

# As _CLICKS, and a key press anywhere on the page presses the button that has it as [data-key], unless someone is
# typing. A button with [data-open] shows the fields of that name beside the component instead (class p-open-<name> on
# the .p-keyed around it) and puts the cursor there; Esc and any new content hide them. One press at a time.
_KEYS = """
const around = () => element.closest('.p-keyed');
let open = '', busy = 0;
const show = (name) => {
  around().classList.remove('p-open-' + open);
  open = name;
  if (!name) return;
  around().classList.add('p-open-' + name);
  const fields = [...around().querySelectorAll('.p-field-' + name + ' textarea')];
  fields.at(-1)?.focus();
};
element.addEventListener('click', (event) => {
  const hit = event.target.closest('[data-do], [data-open]');
  if (!hit || !element.contains(hit)) return;
  event.preventDefault();
  if (Date.now() < busy) return;  // the next content is on its way: nobody may begin to type into what leaves
  if (hit.dataset.open) return show(hit.dataset.open === open ? '' : hit.dataset.open);
  busy = Date.now() + 4000;
  trigger('click', {do: hit.dataset.do, id: hit.dataset.id || ''});
});
document.addEventListener('keydown', (event) => {
  if (!element.isConnected || !element.offsetParent || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.key === 'Escape' && open) { document.activeElement?.blur(); return show(''); }
  if (event.target.closest('input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox]')) return;
  const hit = [...element.querySelectorAll('[data-key]')].find((one) => one.dataset.key === event.key.toLowerCase());
  if (hit) { event.preventDefault(); hit.click(); }
});
watch('value', () => { busy = 0; show(''); });
"""


def html(value: str = "", *, clicks: bool = False, classes: str = "", **more: Any) -> gr.HTML:
    """HTML made by us, without Gradio's prose styles; with `clicks`, its buttons reach Python."""
    return gr.HTML(
        value,
        js_on_load=_CLICKS if clicks else None,
        apply_default_css=False,
        elem_classes=classes or None,
        **more,
    )


def form() -> gr.HTML:
    """HTML made by us with a form in it, whose touched rows reach Python as event data `fields`, `reset` and `open`."""
    return gr.HTML("", js_on_load=_FORM, apply_default_css=False)


def keyed(value: str = "") -> gr.HTML:
    """HTML made by us whose buttons reach Python by click and by key (see _KEYS)."""
    return gr.HTML(value, js_on_load=_KEYS, apply_default_css=False)


def slot() -> gr.HTML:
    """Where a message may appear; takes no room while empty."""
    return html("", classes="p-slot")


def panel(**more: Any) -> gr.Column:
    """A quiet frame around controls that belong together."""
    return gr.Column(elem_classes="p-panel", **more)


def two_columns() -> gr.Row:
    """Main matter left, the rest right; one above the other on a narrow screen."""
    return gr.Row(equal_height=False, elem_classes="p-split")
