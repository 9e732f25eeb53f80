/** XEP-0363 1.2.0 §4, §5: its examples, and headers that are not allowed. */
import { expect, test } from 'vitest';
import { parseElement } from '../../xml/document.ts';
import { canonical } from '../../stanza/canonical.ts';
import { parseForm } from '../0004-forms/wire.ts';
import { buildSlot, buildSlotRequest, maxFileSize, NS, parseSlot, parseSlotRequest } from './wire.ts';

const read = (xml: string) => canonical(parseElement(xml));

test('a request', () => {
  const request = read(
    `<request xmlns='${NS}' filename='très cool.jpg' size='23456' content-type='image/jpeg'/>`,
  );
  expect(parseSlotRequest(request)).toEqual({
    filename: 'très cool.jpg',
    size: 23456,
    contentType: 'image/jpeg',
  });
  expect(buildSlotRequest(parseSlotRequest(request))).toEqual(request);
});

test('a slot', () => {
  const slot = read(
    `<slot xmlns='${NS}'>
      <put url='https://upload.montague.tld/4a/tr%C3%A8s%20cool.jpg'>
        <header name='Authorization'>Basic Base64String==</header>
        <header name='Cookie'>foo=bar; user=romeo</header>
      </put>
      <get url='https://download.montague.tld/4a/tr%C3%A8s%20cool.jpg'/>
    </slot>`,
  );
  expect(buildSlot(parseSlot(slot))).toEqual(slot);
});

test('headers that are not allowed are left out, and line breaks go', () => {
  const { headers } = parseSlot(
    read(
      `<slot xmlns='${NS}'><put url='a'><header name='X-Evil'>1</header>
       <header name='eXpires'>to&#10;day</header></put><get url='b'/></slot>`,
    ),
  );
  expect(headers).toEqual([['eXpires', 'today']]);
});

test('the limit', () => {
  const form = (value: string) =>
    parseForm(
      read(
        `<x type='result' xmlns='jabber:x:data'><field var='FORM_TYPE' type='hidden'><value>${NS}</value></field>
         <field var='max-file-size'><value>${value}</value></field></x>`,
      ),
    );
  expect(maxFileSize([form('5242880')])).toBe(5242880);
  expect(maxFileSize([form('much')])).toBeUndefined();
  expect(maxFileSize([])).toBeUndefined();
});
