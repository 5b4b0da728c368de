# Starts the "++" icon at login: a shortcut in the Startup folder of this person, or of everybody.
#
#     powershell -ExecutionPolicy Bypass -File autostart-windows.ps1 [-Program PATH] [-Everybody] [-Remove]
#
# Untested on Windows.
param(
    [string]$Program = (Join-Path $env:ProgramFiles 'helpdeskctl-tray\helpdeskctl-tray.exe'),
    [switch]$Everybody,
    [switch]$Remove
)
$ErrorActionPreference = 'Stop'

$folder = if ($Everybody) { 'CommonStartup' } else { 'Startup' }
$shortcut = Join-Path ([Environment]::GetFolderPath($folder)) 'Assistenza.lnk'

if ($Remove) {
    Remove-Item -LiteralPath $shortcut -ErrorAction SilentlyContinue
    exit 0
}
if (-not (Test-Path -LiteralPath $Program -PathType Leaf)) {
    [Console]::Error.WriteLine("$Program is not there: name it with -Program.")
    exit 1
}
$made = (New-Object -ComObject WScript.Shell).CreateShortcut($shortcut)
$made.TargetPath = $Program
$made.WorkingDirectory = Split-Path -Parent $Program
$made.Description = "Segnala un problema all'assistenza"
$made.Save()
Write-Output $shortcut
