import { render } from "preact";
import { offered, Refused, session } from "./api";
import { Trouble } from "./parts";
import { recallTheme, Shell } from "./shell";
import "./style.css";

const place = document.getElementById("console")!;

async function begin() {
  recallTheme();
  const who = await session();
  if (!who.signed_in) return location.assign("/console/sign-in");
  render(<Shell who={who} paths={await offered()} />, place);
}

begin().catch((error) =>
  render(<main><Trouble error={error instanceof Refused ? error : new Refused(0, "", String(error), "")} again={() => location.reload()} /></main>, place));
