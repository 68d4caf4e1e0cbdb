import { Command } from "commander";
import { command as install } from "./worker/install";
import { command as logs } from "./worker/logs";
import { command as restart } from "./worker/restart";
import { command as status } from "./worker/status";

export const command = new Command("worker")
  .addCommand(status)
  .addCommand(restart)
  .addCommand(logs)
  .addCommand(install);
