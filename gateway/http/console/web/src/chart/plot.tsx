// One panel drawn: the results of one analyte and sample type over cycle day or weeks of gestation. What has neither
// stands apart. Nothing joins the points: what lies between two results nobody measured.
import type { Panel, Point, Value } from "./timeline";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Scale, scaleOf, timeScale } from "./scale";

const height = 230, left = 52, top = 12, bottom = 190, gap = 14;
export const marks = ["circle", "square", "triangle", "diamond"];

interface Placed { point: Point; x: number }
interface Area { kind: "day" | "week" | "unknown"; begin: number; end: number; scale?: Scale; placed: Placed[] }

function areasOf(points: Point[], width: number): Area[] {
  const strip = Math.max(76, width / 6);
  const days = points.filter((one) => one.day !== undefined), weeks = points.filter((one) => one.week !== undefined);
  const unknown = points.filter((one) => one.day === undefined && one.week === undefined);
  const end = width - 8 - (unknown.length ? strip + gap : 0);
  const shares: ["day" | "week", Point[]][] = [["day", days], ["week", weeks]];
  const used = shares.filter(([, of]) => of.length);
  const each = (end - left - gap * Math.max(0, used.length - 1)) / (used.length || 1);
  const areas = used.map(([kind, of], at): Area => {
    const begin = left + at * (each + gap), stop = begin + each;
    const scale = timeScale(kind, of.map((one) => one[kind]!), begin + 12, stop - 12);
    return { kind, begin, end: stop, scale, placed: of.map((point) => ({ point, x: scale.at(point[kind]!) })) };
  });
  if (!unknown.length) return areas;
  const begin = used.length ? width - 8 - strip : left, stop = width - 8;
  return [...areas, { kind: "unknown", begin, end: stop,
    placed: unknown.map((point, at) => ({ point, x: begin + ((at + 1) / (unknown.length + 1)) * (stop - begin) })) }];
}

/** A result that is only said to be above or below points that way. */
function Mark({ x, y, shape, value, old }: { x: number; y: number; shape: string; value: Value; old?: boolean }) {
  const name = "mark" + (old ? " old" : "");
  if (value.comparator?.startsWith("<")) return <path class={name} d={`M${x - 6} ${y - 4}h12l-6 10z`} />;
  if (value.comparator?.startsWith(">")) return <path class={name} d={`M${x - 6} ${y + 4}h12l-6 -10z`} />;
  if (shape === "square") return <rect class={name} x={x - 4.5} y={y - 4.5} width={9} height={9} />;
  if (shape === "triangle") return <path class={name} d={`M${x - 5.5} ${y + 4.5}h11l-5.5 -10z`} />;
  if (shape === "diamond") return <path class={name} d={`M${x} ${y - 6}l6 6l-6 6l-6 -6z`} />;
  return <circle class={name} cx={x} cy={y} r={5} />;
}

/** The range that the laboratory sent with this result, around it. */
function Band({ of, y, wide }: { of: Placed; y: Scale; wide: number }) {
  const range = of.point.range;
  if (!range || (range.low === undefined && range.high === undefined)) return null;
  const upper = y.at(Math.min(range.high ?? y.to, y.to)), lower = y.at(Math.max(range.low ?? y.from, y.from));
  return <rect class="band" x={of.x - wide / 2} y={upper} width={wide} height={Math.max(1, lower - upper)} />;
}

function Ground({ area, y, first }: { area: Area; y: Scale; first: boolean }) {
  const titles = { day: "cycle day", week: "week of gestation", unknown: "day unknown" };
  const ticks = area.scale?.ticks ?? [], sparse = Math.max(1, Math.ceil((ticks.length * 26) / (area.end - area.begin)));
  return (
    <>
      <rect class={"ground " + area.kind} x={area.begin} y={top} width={area.end - area.begin} height={bottom - top} />
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line class="grid" x1={area.begin} x2={area.end} y1={y.at(tick)} y2={y.at(tick)} />
          {first && <text class="tick" x={left - 6} y={y.at(tick) + 4} text-anchor="end">{tick}</text>}
        </g>
      ))}
      {ticks.filter((_, at) => at % sparse === 0).map((tick) => <text key={tick} class="tick" x={area.scale!.at(tick)} y={bottom + 15} text-anchor="middle">{tick}</text>)}
      <text class="axis" x={(area.begin + area.end) / 2} y={bottom + 32} text-anchor="middle">{titles[area.kind]}</text>
    </>
  );
}

const labelOf = (point: Point, wordy: boolean) => point.earlier.some((one) => one.number !== undefined) && wordy ? point.value!.text + " (corrected)" : point.value!.text;

/** Heights of the labels: above its mark, below it, or none where both are taken; the table has every value. */
function labelled(all: Placed[], y: Scale, wordy: boolean): Map<Placed, number> {
  const out = new Map<Placed, number>(), taken: { x: number; half: number; y: number }[] = [];
  for (const one of all) {
    const at = y.at(one.point.value!.number!), half = labelOf(one.point, wordy).length * 3.7 + 3;
    const height = [at - 10, at + 19].find((place) => taken.every((other) => Math.abs(other.y - place) > 13 || Math.abs(other.x - one.x) > other.half + half));
    if (height === undefined) continue;
    out.set(one, height);
    taken.push({ x: one.x, half, y: height });
  }
  return out;
}

function Result({ of, y, shape, label, height }: { of: Placed; y: Scale; shape: string; label: string; height?: number }) {
  const { point, x } = of, value = point.value!, at = y.at(value.number!);
  const old = point.earlier.filter((one) => one.number !== undefined);
  return (
    <g>
      <title>{`${value.text} · ${point.timing} · ${point.collected.slice(0, 10)} · ${point.status}`}</title>
      {old.map((one, turn) => (
        <g key={turn}>
          <line class="changed" x1={x} x2={x} y1={y.at(one.number!)} y2={at} />
          <Mark x={x} y={y.at(one.number!)} shape={shape} value={one} old />
          <line class="strike" x1={x - 8} x2={x + 8} y1={y.at(one.number!) + 5} y2={y.at(one.number!) - 5} />
        </g>
      ))}
      <Mark x={x} y={at} shape={shape} value={value} />
      {height !== undefined && <text class="value" x={x} y={height} text-anchor="middle">{label}</text>}
    </g>
  );
}

export const isDrawn = (point: Point) => point.value?.number !== undefined;

/** Drawn as wide as there is room, so that its words keep their size. */
export function Plot(of: { panel: Panel; groups: string[] }) {
  const place = useRef<HTMLDivElement>(null);
  const [width, set] = useState(0);
  useLayoutEffect(() => {
    const watch = new ResizeObserver(([entry]) => set(Math.max(240, Math.round(entry.contentRect.width))));
    watch.observe(place.current!);
    return () => watch.disconnect();
  }, []);
  return <div class="plot" ref={place}>{width > 0 && <Drawing {...of} width={width} />}</div>;
}

function Drawing({ panel, groups, width }: { panel: Panel; groups: string[]; width: number }) {
  const points = panel.points.filter(isDrawn);
  if (!points.length) return null;
  const heights = points.flatMap((one) => [one.value!.number!, one.range?.low, one.range?.high, ...one.earlier.map((old) => old.number)])
    .filter((one): one is number => one !== undefined);
  const y = scaleOf(heights, bottom, top + 14), areas = areasOf(points, width);
  const wordy = width > 420, heightOf = labelled(areas.flatMap((area) => area.placed), y, wordy);
  const same = new Set(points.map((one) => one.range?.text ?? "")).size === 1;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${panel.name}, ${panel.details}: ${points.length} results; all of them stand in the table`}>
      {areas.map((area, at) => {
        const wide = same ? area.end - area.begin : 26;
        return (
          <g key={area.kind}>
            <Ground area={area} y={y} first={at === 0} />
            {same ? <Band of={{ point: points[0], x: (area.begin + area.end) / 2 }} y={y} wide={wide} />
              : area.placed.map((one, turn) => <Band key={turn} of={one} y={y} wide={wide} />)}
          </g>
        );
      })}
      {areas.flatMap((area) => area.placed.map((one, at) =>
        <Result key={area.kind + at} of={one} y={y} label={labelOf(one.point, wordy)} height={heightOf.get(one)} shape={marks[Math.max(0, groups.indexOf(one.point.group)) % marks.length]} />))}
    </svg>
  );
}
