/** Where the field classes of Django 5.2 live, by their short name. */
const CORE =
  "AutoField BigAutoField SmallAutoField BigIntegerField BinaryField BooleanField CharField CommaSeparatedIntegerField DateField DateTimeField DecimalField DurationField EmailField FilePathField FloatField GenericIPAddressField IPAddressField IntegerField NullBooleanField PositiveBigIntegerField PositiveIntegerField PositiveSmallIntegerField SlugField SmallIntegerField TextField TimeField URLField UUIDField FileField ImageField JSONField GeneratedField CompositePrimaryKey ForeignKey OneToOneField ManyToManyField ForeignObject OrderWrt Field";
const POSTGRES =
  "ArrayField HStoreField CICharField CIEmailField CITextField JSONField IntegerRangeField BigIntegerRangeField DecimalRangeField FloatRangeField DateTimeRangeField DateRangeField";

const DJANGO = new Map<string, string>([
  ...POSTGRES.split(" ").map((name): [string, string] => [`postgres.${name}`, `django.contrib.postgres.fields.${name}`]),
  ...CORE.split(" ").map((name): [string, string] => [`core.${name}`, `django.db.models.${name}`]),
  ["search.SearchVectorField", "django.contrib.postgres.search.SearchVectorField"],
  ["search.SearchQueryField", "django.contrib.postgres.search.SearchQueryField"],
]);

/** Widely used field classes outside of Django whose column is that of a Django field, with the options that the class itself sets. */
const PACKAGES: Readonly<Record<string, readonly [string, Readonly<Record<string, string | number | boolean>>]>> = {
  "model_utils.fields.AutoCreatedField": ["DateTimeField", {}],
  "model_utils.fields.AutoLastModifiedField": ["DateTimeField", {}],
  "model_utils.fields.MonitorField": ["DateTimeField", {}],
  "model_utils.fields.StatusField": ["CharField", { max_length: 100 }],
  "model_utils.fields.UUIDField": ["UUIDField", {}],
  "model_utils.fields.UrlsafeTokenField": ["CharField", { max_length: 128 }],
  "django_extensions.db.fields.CreationDateTimeField": ["DateTimeField", {}],
  "django_extensions.db.fields.ModificationDateTimeField": ["DateTimeField", {}],
  "django_extensions.db.fields.AutoSlugField": ["SlugField", {}],
  "django_extensions.db.fields.RandomCharField": ["CharField", {}],
  "django_extensions.db.fields.ShortUUIDField": ["CharField", { max_length: 22 }],
  "django_extensions.db.fields.json.JSONField": ["TextField", {}],
  "autoslug.fields.AutoSlugField": ["SlugField", {}],
  "phonenumber_field.modelfields.PhoneNumberField": ["CharField", { max_length: 128 }],
  "django_countries.fields.CountryField": ["CharField", { max_length: 2 }],
  "timezone_field.fields.TimeZoneField": ["CharField", { max_length: 63 }],
  "colorfield.fields.ColorField": ["CharField", { max_length: 25 }],
  "ckeditor.fields.RichTextField": ["TextField", {}],
  "ckeditor_uploader.fields.RichTextUploadingField": ["TextField", {}],
  "django_ckeditor_5.fields.CKEditor5Field": ["TextField", {}],
  "tinymce.models.HTMLField": ["TextField", {}],
  "markdownx.models.MarkdownxField": ["TextField", {}],
  "wagtail.fields.RichTextField": ["TextField", {}],
  "wagtail.fields.StreamField": ["JSONField", {}],
  "wagtail.core.fields.RichTextField": ["TextField", {}],
  "sorl.thumbnail.fields.ImageField": ["ImageField", {}],
  "imagekit.models.fields.ProcessedImageField": ["ImageField", {}],
  "easy_thumbnails.fields.ThumbnailerImageField": ["ImageField", {}],
  "versatileimagefield.fields.VersatileImageField": ["ImageField", {}],
  "mptt.fields.TreeForeignKey": ["ForeignKey", {}],
  "mptt.fields.TreeOneToOneField": ["OneToOneField", {}],
  "mptt.fields.TreeManyToManyField": ["ManyToManyField", {}],
  "modelcluster.fields.ParentalKey": ["ForeignKey", {}],
  "modelcluster.fields.ParentalManyToManyField": ["ManyToManyField", {}],
  "djmoney.models.fields.MoneyField": ["DecimalField", {}],
  "djmoney.models.fields.CurrencyField": ["CharField", { max_length: 3 }],
  "sortedm2m.fields.SortedManyToManyField": ["ManyToManyField", {}],
  "jsonfield.fields.JSONField": ["TextField", {}],
  "jsonfield.JSONField": ["TextField", {}],
  "picklefield.fields.PickledObjectField": ["TextField", {}],
  "encrypted_model_fields.fields.EncryptedCharField": ["TextField", {}],
  "encrypted_model_fields.fields.EncryptedTextField": ["TextField", {}],
  "encrypted_fields.fields.EncryptedCharField": ["TextField", {}],
  "encrypted_fields.fields.EncryptedTextField": ["TextField", {}],
  "encrypted_fields.fields.EncryptedJSONField": ["TextField", {}],
  "fernet_fields.fields.EncryptedTextField": ["BinaryField", {}],
  "fernet_fields.fields.EncryptedCharField": ["BinaryField", {}],
  "shortuuid.django_fields.ShortUUIDField": ["CharField", { max_length: 22 }],
};

/** Fields of packages that are no column at all. */
const NO_COLUMN = new Set([
  "taggit.managers.TaggableManager",
  "django.contrib.contenttypes.fields.GenericForeignKey",
  "django.contrib.contenttypes.fields.GenericRelation",
]);

export interface KnownField {
  /** Django's class: `django.db.models.CharField`; empty for a field without a column. */
  readonly className: string;
  /** Options that the class sets by itself. */
  readonly defaults: Readonly<Record<string, string | number | boolean>>;
  /** False when the written class is Django's own. */
  readonly custom: boolean;
}

/** Django's class for a dotted path, in any of the spellings under which it may be imported; null for a class that is not known. */
export function knownField(path: string): KnownField | null {
  const short = path.slice(path.lastIndexOf(".") + 1);
  if (NO_COLUMN.has(path)) return { className: "", defaults: {}, custom: true };
  let found: string | undefined;
  if (path.startsWith("django.db.models.")) found = DJANGO.get(`core.${short}`);
  else if (path.startsWith("django.contrib.postgres.search.")) found = DJANGO.get(`search.${short}`);
  else if (path.startsWith("django.contrib.postgres.")) found = DJANGO.get(`postgres.${short}`);
  if (found !== undefined) return { className: found, defaults: {}, custom: false };
  const known = PACKAGES[path];
  return known === undefined ? null : { className: `django.db.models.${known[0]}`, defaults: known[1], custom: true };
}
