"""
The few names and shapes of MIX that the acts look at and that slixmpp cannot build or read (XEP-0369, 0403, 0404, 0004, 0030).
Owns namespaces, small questions asked of a received element, and payloads as text.
Does not send or wait (people.py).
Always: a question about something absent answers with None or an empty thing, it does not raise.
Before: nothing. After: people.py, the acts.
"""

from xml.sax.saxutils import escape, quoteattr

CLIENT = '{jabber:client}'
CORE = '{urn:xmpp:mix:core:1}'
PRESENCE = '{urn:xmpp:mix:presence:0}'
ANON = '{urn:xmpp:mix:anon:0}'
PAM = '{urn:xmpp:mix:pam:2}'
DATA = '{jabber:x:data}'
INFO = '{http://jabber.org/protocol/disco#info}'
ITEMS = '{http://jabber.org/protocol/disco#items}'
PUBSUB = '{http://jabber.org/protocol/pubsub}'
EVENT = '{http://jabber.org/protocol/pubsub#event}'
STANZAS = '{urn:ietf:params:xml:ns:xmpp-stanzas}'
PUBSUB_ERRORS = '{http://jabber.org/protocol/pubsub#errors}'
SID = '{urn:xmpp:sid:0}'
MAM = '{urn:xmpp:mam:2}'

NODES = 'urn:xmpp:mix:nodes:'
ADMIN = 'urn:xmpp:mix:admin:0'

PREFERENCES = {'JID Visibility', 'Private Messages', 'vCard', 'Presence'}


def condition(answer):
    """The error in an answer as `condition/type`, followed by the application's own conditions; '' when it is none."""
    error = answer.find(f'{CLIENT}error')
    if answer.get('type') != 'error' or error is None:
        return ''
    names = [child.tag.split('}')[1] for child in error if child.tag != f'{STANZAS}text']
    return ' + '.join([f'{names[0]}/{error.get("type")}', *names[1:]]) if names else f'/{error.get("type")}'


def features(answer):
    return {feature.get('var') for feature in answer.iter(f'{INFO}feature')}


def identities(answer):
    return {f'{found.get("category")}/{found.get("type")}' for found in answer.iter(f'{INFO}identity')}


def fields(holder):
    """The values of the first form inside the element: name -> list of values, and its type under ''."""
    form = holder.find(f'.//{DATA}x')
    if form is None:
        return {}
    found = {'': [form.get('type')]}
    for field in form.iter(f'{DATA}field'):
        found[field.get('var')] = [value.text or '' for value in field.findall(f'{DATA}value')]
    return found


def options(holder, name):
    return [
        value.text
        for field in holder.iter(f'{DATA}field')
        if field.get('var') == name
        for value in field.iterfind(f'{DATA}option/{DATA}value')
    ]


def form(form_type, **values):
    """A form to submit. A keyword stands for the field's name with its underscores as spaces."""
    inner = ''.join(
        f'<field var={quoteattr(name.replace("_", " "))}><value>{escape(value)}</value></field>'
        for name, value in values.items()
    )
    hidden = f'<field var="FORM_TYPE" type="hidden"><value>{form_type}</value></field>'
    return f'<x xmlns="jabber:x:data" type="submit">{hidden}{inner}</x>'


def node_items(node, item=None):
    inner = f'<item id={quoteattr(item)}/>' if item else ''
    return f'<pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="{NODES}{node}">{inner}</items></pubsub>'


def body(text):
    """Matches a message with that body."""
    return lambda stanza: stanza.tag == f'{CLIENT}message' and stanza.findtext(f'{CLIENT}body') == text


def node_event(node, change, id):
    """Matches an event of that node which brings (`item`) or takes away (`retract`) that id."""

    def match(stanza):
        items = stanza.find(f'{EVENT}event/{EVENT}items')
        if stanza.tag != f'{CLIENT}message' or items is None or items.get('node') != NODES + node:
            return False
        return any(child.get('id') == id for child in items.findall(f'{EVENT}{change}'))

    return match


def presence_of(participant, channel, kind=None, show=None):
    """Matches a presence of that participant in that channel, of that type and, when given, with that show."""

    def match(stanza):
        sender = stanza.get('from', '')
        return (
            stanza.tag == f'{CLIENT}presence'
            and sender.split('/')[0] == f'{participant}#{channel}'
            and stanza.get('type') == kind
            and (show is None or stanza.findtext(f'{CLIENT}show') == show)
        )

    return match


def shown_jids(element):
    """Every `<jid>` of a MIX namespace inside the element."""
    return [found.text for space in (CORE, PRESENCE, ANON) for found in element.iter(f'{space}jid')]
