# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of Porchlight as gettext sees them: the template that its files give now, and what a
language's file makes of it. For the scripts of this folder."""
import gettext
import io
import pathlib
import subprocess

# As Meson's preset "glib", with which po/porchlight.pot is made.
XGETTEXT = ("xgettext", "--from-code=UTF-8", "--add-comments=Translators",
            "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2", "--keyword=NC_:1c,2",
            "--keyword=g_dcgettext:2", "--keyword=g_dngettext:2,3", "--keyword=g_dpgettext2:2c,3",
            "--flag=N_:1:pass-c-format", "--flag=C_:2:pass-c-format", "--flag=NC_:2:pass-c-format",
            "--flag=g_dngettext:2:pass-c-format", "--flag=g_strdup_printf:1:c-format",
            "--flag=g_string_append_printf:2:c-format", "--flag=g_printerr:1:c-format",
            "--flag=g_print:1:c-format", "--package-name=porchlight")


def languages(root):
    """The languages of po/LINGUAS."""
    return [line for line in (pathlib.Path(root) / "po/LINGUAS").read_text().split("\n")
            if line and not line.startswith("#")]


def make_template(root, template):
    """Writes what there is to translate."""
    subprocess.run([*XGETTEXT, f"--directory={root}", f"--files-from={root}/po/POTFILES.in",
                    f"--output={template}"], check=True, stderr=subprocess.PIPE)


def compile_po(po):
    """The bytes of the .mo file that a .po file makes."""
    return subprocess.run(["msgfmt", "-o", "-", po], check=True, stdout=subprocess.PIPE).stdout


def read_po(po):
    """The entries of a .po file that are translated: (context or None, message, plural or None) to
    the list of what it becomes."""
    catalogue = gettext.GNUTranslations(io.BytesIO(compile_po(po)))._catalog
    entries = {}
    for key, text in catalogue.items():
        message, index = key if isinstance(key, tuple) else (key, 0)
        if message == "":
            continue
        context, _, message = message.rpartition("\x04")
        entries.setdefault((context or None, message), {})[index] = text
    return {key: [forms[i] for i in sorted(forms)] for key, forms in entries.items()}
