"""Lets a folder be dropped on a file field, or chosen for it, which Gradio cannot; knows nothing of what is in it."""

from collections.abc import Sequence
from html import escape as safe

import gradio as gr

# Hands the readable files of a folder, at any depth, to the field as if each had been dropped. Python hears a click
# with `do` "empty" where there is none, and else "left" with the number of other files as `id`.
_FOLDERS = """
const settings = element.querySelector('[data-field]').dataset;
const suffixes = settings.suffixes.split(' '), most = Number(settings.most);
const hidden = (path) => path.split('/').some((part) => part.startsWith('.'));
const wanted = (name) => !hidden(name) && suffixes.some((suffix) => name.toLowerCase().endsWith(suffix));
let left = 0;
const kept = (path) => hidden(path) ? false : wanted(path) || (left += 1, false);
const give = (files) => {
  trigger('click', {do: files.length ? 'left' : 'empty', id: String(left)});
  if (!files.length) return;
  const carrier = new DataTransfer(), input = document.querySelector(settings.field + ' input[type=file]');
  for (const file of files.slice(0, most)) carrier.items.add(file);
  input.files = carrier.files;
  input.dispatchEvent(new Event('change'));
};
const inside = async (entry) => {
  const ask = (action) => new Promise(action);
  if (entry.isFile) return kept(entry.name) ? [await ask((done, fail) => entry.file(done, fail))] : [];
  const found = [], reader = entry.createReader();
  while (!hidden(entry.name) && found.length < most) {
    const some = await ask((done, fail) => reader.readEntries(done, fail));
    if (!some.length) break;
    for (const one of some) found.push(...await inside(one));
  }
  return found;
};
document.addEventListener('drop', async (event) => {
  if (!event.target.closest?.(settings.field)) return;
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return;
  event.preventDefault();
  event.stopPropagation();
  event.target.dispatchEvent(new DragEvent('dragleave', {bubbles: true}));
  left = 0;
  give((await Promise.all(entries.map(inside))).flat());
}, true);
element.querySelector('[data-field]').addEventListener('click', () => {
  const input = Object.assign(document.createElement('input'), {type: 'file', webkitdirectory: true});
  left = 0;
  input.onchange = () => give([...input.files].filter((file) => kept(file.webkitRelativePath)));
  input.click();
});
"""


def chooser(words: str, field: str, suffixes: Sequence[str], most: int) -> gr.HTML:
    """A button that opens a folder for the file field of this CSS selector, and folders dropped on that field.

    At most `most` files are handed on."""
    return gr.HTML(
        f'<button type="button" class="p-action" data-field="{safe(field)}" data-most="{most}"'
        f' data-suffixes="{safe(" ".join(suffixes))}">{safe(words)}</button>',
        js_on_load=_FOLDERS,
        apply_default_css=False,
    )
