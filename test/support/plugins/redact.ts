import { secretTexts } from "./wireValues";

/** The message without the secrets among these inputs, nor their base64 forms. */
export function redact(message: string, inputs: unknown): string {
  return secretTexts(inputs)
    .flatMap((text) => [text, Buffer.from(text).toString("base64"), Buffer.from(text, "base64").toString()])
    .filter((text) => text.length > 3)
    .reduce((shown, text) => shown.replaceAll(text, "[secret]"), message);
}
