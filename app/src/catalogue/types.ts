/** What a page needs to draw an icon and to link to it. */
export interface IconShape {
  name: string;
  body: string;
  left: number;
  top: number;
  width: number;
  height: number;
}

interface IconSet {
  prefix: string;
  title: string;
  author: string;
  licence: string;
  licenceUrl: string;
  version: string;
}

export interface Category {
  slug: string;
  title: string;
  setPrefix: string;
  setTitle: string;
  iconCount: number;
}

export interface CategoryWithPreviews extends Category {
  previews: IconShape[];
}

export interface FoundIcon extends IconShape {
  /** slug of the first category that shows it */
  category: string;
  setTitle: string;
}

export interface IconDetail {
  icon: IconShape & { id: number; aliases: string[] };
  category: Category;
  set: IconSet;
  previous: string | null;
  next: string | null;
}
