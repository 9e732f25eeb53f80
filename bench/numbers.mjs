/**
 * Numbers for people.
 * Owns the median, the table and the way in which figures are written.
 * Does not measure.
 * Always: a figure of several runs shows its median and its range.
 * Before: bench/run.mjs.
 */

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Three digits that matter; thousands and millions by letter. */
export function figure(value) {
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toPrecision(3)}M`;
  if (Math.abs(value) >= 1e4) return `${(value / 1e3).toPrecision(3)}k`;
  return String(Number(value.toPrecision(3)));
}

/** `median [min..max]`. */
export function spread(values) {
  if (values.length === 1) return figure(values[0]);
  return `${figure(median(values))} [${figure(Math.min(...values))}..${figure(Math.max(...values))}]`;
}

/** Rows of cells as text, the first row being the head. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n');
}
