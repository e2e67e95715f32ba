/**
 * The files besides the weights that belong to a model or an adapter, by their path in its folder: its description, its
 * tokenizer, its chat templates, and those that state its licence. A folder may hold much more (other formats, pictures).
 */
const DESCRIPTIONS =
  /^(config|generation_config|tokenizer|tokenizer_config|special_tokens_map|chat_template|adapter_config|model\.safetensors\.index|lineage)\.json$|^chat_template\.jinja$|^additional_chat_templates\/[^/]+\.jinja$|^(README|LICEN[CS]E)(\.(md|txt))?$/;

export const isDescription = (name: string): boolean => DESCRIPTIONS.test(name);
